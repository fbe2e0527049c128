using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>Y = X W^T at the shapes of a llama of 134 million parameters; packing of X is inside the clock.</summary>
public unsafe class MatMulBenchmark : KernelBenchmark
{
    private NativeBuffer<float>? _x;
    private NativeBuffer<float>? _y;
    private PackedMatrix? _w;

    /// <summary>M.</summary>
    [Params(1, 512)]
    public int Rows { get; set; }

    /// <summary>N x K.</summary>
    [Params("768x768", "2048x768", "768x2048", "32000x768")]
    public string Weight { get; set; } = "";

    /// <summary>How W is stored.</summary>
    [Params(GgmlType.F32, GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0)]
    public GgmlType Type { get; set; }

    /// <inheritdoc />
    public override Work Work => Rows == 1
        ? Work.Bytes((double)Shape.N * GgmlTypes.RowBytes(Type, Shape.K))
        : Work.Flops(2.0 * Rows * Shape.N * Shape.K);

    private (int N, int K) Shape => (int.Parse(Weight.Split('x')[0]), int.Parse(Weight.Split('x')[1]));

    /// <summary>Fills input and weight.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _x = Own(RandomNumbers.Buffer((long)Rows * Shape.K, seed: 1));
        _y = Own(new NativeBuffer<float>((long)Rows * Shape.N));
        _w = Own(RandomNumbers.Weight(Type, Shape.N, Shape.K));
    }

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void MatrixProduct() => MatMul.Forward(_x!.Pointer, Rows, _w!.Columns, _w, _y!.Pointer, _w.Rows, accumulate: false);
}
