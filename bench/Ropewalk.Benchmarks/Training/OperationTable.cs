using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Training;

/// <summary>Where the time of a training step goes, by operation, there and back.</summary>
internal static class OperationTable
{
    /// <summary>Runs it.</summary>
    /// <param name="cases">The models and batches.</param>
    /// <param name="rounds">Steps, of which the shortest is shown.</param>
    public static int Run(IEnumerable<TrainCase> cases, int rounds)
    {
        Console.WriteLine($"the shortest of {rounds} steps, {WorkerPool.NumThreads} threads, vectors of {Machine.VectorBits} bits");
        foreach (var c in cases)
        {
            using var ours = new OurTraining(c);
            ours.Step(new OperationClock());
            var clocks = Enumerable.Range(0, rounds).Select(_ =>
            {
                var clock = new OperationClock();
                ours.Step(clock);
                return clock;
            });
            var best = clocks.MinBy(clock => clock.Whole)!;
            Console.WriteLine();
            Console.WriteLine($"width {c.Width}, {c.Layers} layers, window {c.Window}, batch {c.Batch}: {best.Whole * 1e3:F1} ms a step, {c.Tokens / best.Whole:N0} tokens/s");
            Console.WriteLine($"{"",-14} {"there ms",9} {"GFLOP/s",8} {"back ms",9} {"GFLOP/s",8} {"of step",8}");
            foreach (var (name, (there, back)) in best.Seconds)
            {
                var (flopsThere, flopsBack) = c.FlopsOf(name);
                Console.WriteLine($"{name,-14} {Milliseconds(there)} {Rate(flopsThere, there)} {Milliseconds(back)} {Rate(flopsBack, back)} {(there + back) / best.Whole,8:P1}");
            }
        }

        return 0;
    }

    private static string Milliseconds(double seconds) => seconds > 0 ? $"{seconds * 1e3,9:F2}" : $"{"",9}";

    private static string Rate(double flops, double seconds) => flops > 0 ? $"{flops / seconds / 1e9,8:F0}" : $"{"",8}";
}
