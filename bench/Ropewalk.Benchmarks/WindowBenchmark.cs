using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Benchmarks;

/// <summary>Tokens per second of scoring whole windows, as a search does it: many windows at once, one window with every thread, and many with
/// what no frequencies change computed before. Best of five alternating rounds.</summary>
internal static class WindowBenchmark
{
    public static int Run(string folder, int length, int numWindows)
    {
        using var model = ModelLoader.Load(folder);
        var random = new Random(1);
        var windows = Enumerable.Range(0, numWindows).Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(model.Shape.VocabularySize)).ToArray()).ToArray();
        var frequencies = model.Rope.Scaling.At(length);
        using var plain = new Evaluator(model);
        using var keeping = new Evaluator(model);
        keeping.Keep(windows, long.MaxValue);
        plain.Losses(windows, frequencies);
        Console.WriteLine($"kept of each window: {PreparedTokens.SizeBytes(model.Shape, length - 1) / 1e6:F1} MB");
        foreach (var threads in new[] { 1, Environment.ProcessorCount })
        {
            WorkerPool.NumThreads = threads;
            var (together, each, kept) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
            for (var repeat = 0; repeat < 5; repeat++)
            {
                together = Math.Min(together, Seconds(() => plain.Losses(windows, frequencies)));
                kept = Math.Min(kept, Seconds(() => keeping.Losses(windows, frequencies)));
                each = Math.Min(each, Seconds(() => Array.ForEach(windows, w => plain.Losses([w], frequencies))));
            }

            var tokens = (double)length * numWindows;
            Console.WriteLine(
                $"{threads} threads, tokens/s: {numWindows} windows at once {tokens / together:F0}, one after the other {tokens / each:F0}, at once with the first layer kept {tokens / kept:F0} ({together / kept:F3} times)");
        }

        Console.WriteLine($"peak memory {Environment.WorkingSet >> 20} MiB working set");
        return 0;
    }

    private static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
