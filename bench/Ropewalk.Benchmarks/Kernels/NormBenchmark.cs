using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>Both norms of a chunk of rows.</summary>
public unsafe class NormBenchmark : KernelBenchmark
{
    private const int Rows = 192;
    private const float Epsilon = 1e-5f;
    private NativeBuffer<float>? _x;
    private NativeBuffer<float>? _y;
    private float[] _weight = [];
    private float[] _bias = [];

    /// <summary>D.</summary>
    [Params(768)]
    public int Width { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes(2.0 * sizeof(float) * Rows * Width);

    /// <summary>Fills the rows.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _x = Own(RandomNumbers.Buffer((long)Rows * Width, seed: 1));
        _y = Own(new NativeBuffer<float>((long)Rows * Width));
        _weight = [.. Enumerable.Repeat(1.5f, Width)];
        _bias = [.. Enumerable.Repeat(0.5f, Width)];
    }

    /// <summary>Root of the mean square.</summary>
    [Benchmark]
    public void RootMeanSquare() => RmsNorm.Forward(_x!.Pointer, Rows, _weight, Epsilon, _y!.Pointer);

    /// <summary>Mean and variance.</summary>
    [Benchmark]
    public void MeanAndVariance() => LayerNorm.Forward(_x!.Pointer, Rows, _weight, _bias, Epsilon, _y!.Pointer);
}
