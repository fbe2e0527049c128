using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>The loss of one token.</summary>
public unsafe class CrossEntropyBenchmark : KernelBenchmark
{
    private NativeBuffer<float>? _logits;

    /// <summary>V.</summary>
    [Params(32000, 151643)]
    public int Vocabulary { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes((double)sizeof(float) * Vocabulary);

    /// <summary>Fills the logits.</summary>
    [GlobalSetup]
    public void Fill() => _logits = Own(RandomNumbers.Buffer(Vocabulary, seed: 1, scale: 20));

    /// <summary>The kernel.</summary>
    [Benchmark]
    public double Loss() => CrossEntropy.Forward(_logits!.Pointer, Vocabulary, Vocabulary / 2);
}
