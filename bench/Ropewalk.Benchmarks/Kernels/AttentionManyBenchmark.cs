using BenchmarkDotNet.Attributes;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>Attention of 192 queries, a chunk of a prompt, over the keys up to theirs; one head of width 64.</summary>
public class AttentionManyBenchmark : KernelBenchmark
{
    private const int NumQueries = 192;
    private const int HeadWidth = 64;
    private AttentionProblem? _problem;

    /// <summary>The last query's keys.</summary>
    [Params(512, 4096, 16384)]
    public int Depth { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Flops(4.0 * HeadWidth * NumQueries * (Depth - ((NumQueries - 1) / 2.0)));

    /// <summary>Fills keys and values.</summary>
    [GlobalSetup]
    public void Fill() => _problem = Own(new AttentionProblem(1, HeadWidth, Depth));

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void ManyQueries() => _problem!.LastQueries(NumQueries);
}
