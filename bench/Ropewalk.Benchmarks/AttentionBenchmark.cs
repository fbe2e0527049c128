using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Attention's speed beside the matrix product's, in turns in one run: causal windows of 12 heads of width 64, as a llama of 134 million
/// parameters has them, with the operations of the causal half alone counted; the best round of each. The product's are those of
/// <see cref="GemmBenchmark"/>, packing of the activations inside the clock, as the softmax is inside attention's.</summary>
internal static class AttentionBenchmark
{
    private const int NumHeads = 12;
    private const int HeadWidth = 64;
    private const double Wanted = 0.75;

    /// <summary>Runs it.</summary>
    /// <param name="args">--rounds N.</param>
    public static int Run(string[] args)
    {
        var rounds = args.Number("--rounds", 5);
        using var square = new Product(512, 768, 768, GgmlType.F32);
        using var wide = new Product(512, 2048, 768, GgmlType.F32);
        Console.WriteLine($"GFLOP/s, best of {rounds} rounds, vectors of {Machine.VectorBits} bits; ratio: to the faster product, wanted {Wanted:F2}");
        Console.WriteLine($"{"threads",7} {"window",7} {"cells",14} {"computed",8} {"attention",9} {"512x768x768",12} {"512x2048x768",13} {"ratio",6}");
        foreach (var threads in new[] { 1, Environment.ProcessorCount }.Distinct())
        {
            WorkerPool.NumThreads = threads;
            foreach (var window in (int[])[4096, 16384])
            {
                using var problem = new AttentionProblem(NumHeads, HeadWidth, window);
                problem.Window();
                var (attentions, squares, wides) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
                for (var round = 0; round < rounds; round++)
                {
                    // As long as attention's one call each, half for either: short calls would slip through where a long one is disturbed.
                    var seconds = Clock.Seconds(problem.Window);
                    attentions = Math.Min(attentions, seconds);
                    squares = Math.Min(squares, Clock.Mean(seconds / 2, square.Run));
                    wides = Math.Min(wides, Clock.Mean(seconds / 2, wide.Run));
                }

                var speed = problem.FlopsOfCell * problem.VisibleCells / attentions / 1e9;
                var (squareSpeed, wideSpeed) = (square.Flops / squares / 1e9, wide.Flops / wides / 1e9);
                Console.WriteLine(
                    $"{threads,7} {window,7} {problem.VisibleCells,14:F0} {problem.ComputedCells / problem.VisibleCells,8:F3} {speed,9:F1} {squareSpeed,12:F1} {wideSpeed,13:F1} {speed / Math.Max(squareSpeed, wideSpeed),6:F2}");
            }
        }

        return 0;
    }
}
