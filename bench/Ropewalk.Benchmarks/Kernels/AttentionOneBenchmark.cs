using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>Attention of one query, as a generated token has it; one head of width 64. Its limit is how fast keys and values can be read.</summary>
public class AttentionOneBenchmark : KernelBenchmark
{
    private const int HeadWidth = 64;
    private AttentionProblem? _problem;

    /// <summary>Keys.</summary>
    [Params(4096)]
    public int Depth { get; set; }

    /// <summary>How keys and values are stored.</summary>
    [Params(GgmlType.F32, GgmlType.F16)]
    public GgmlType Type { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes(2.0 * GgmlTypes.RowBytes(Type, HeadWidth) * Depth);

    /// <summary>Fills keys and values.</summary>
    [GlobalSetup]
    public void Fill() => _problem = Own(new AttentionProblem(1, HeadWidth, Depth, Type));

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void OneQuery() => _problem!.AttendOne(0);
}
