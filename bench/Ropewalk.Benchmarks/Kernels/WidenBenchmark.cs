using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>A block of a weight's panel as float32, as the product of many rows asks for it; the rate is that of the float32 numbers written.</summary>
public unsafe class WidenBenchmark : KernelBenchmark
{
    private NativeBuffer<float>? _widened;
    private PackedMatrix? _weight;
    private int _panel;

    /// <summary>How the weight is stored.</summary>
    [Params(GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0)]
    public GgmlType Type { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes((double)sizeof(float) * MatMul.DepthBlock * MicroKernel.Columns);

    /// <summary>Fills a weight of 16 panels.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _weight = Own(RandomNumbers.Weight(Type, 16 * MicroKernel.Columns, MatMul.DepthBlock));
        _widened = Own(new NativeBuffer<float>(MatMul.DepthBlock * MicroKernel.Columns));
    }

    /// <summary>The panels in turn.</summary>
    [Benchmark]
    public void Widen()
    {
        _panel = (_panel + 1) % _weight!.NumPanels;
        _weight.Block(_panel, 0, MatMul.DepthBlock, _widened!.Pointer);
    }
}
