using System.Diagnostics;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Benchmarks;

/// <summary>Tokens per second of scoring whole windows, as a search does it: many windows at once, and one window with every thread.</summary>
internal static class WindowBenchmark
{
    public static int Run(string folder, int length, int numWindows)
    {
        using var model = ModelLoader.Load(folder);
        var random = new Random(1);
        var windows = Enumerable.Range(0, numWindows).Select(_ => Enumerable.Range(0, length).Select(_ => random.Next(model.Shape.VocabularySize)).ToArray()).ToArray();
        var frequencies = model.Rope.Scaling.At(length);
        var evaluator = new Evaluator(model);
        evaluator.Losses(windows, frequencies);
        foreach (var threads in new[] { 1, Environment.ProcessorCount })
        {
            WorkerPool.NumThreads = threads;
            foreach (var together in new[] { true, false })
            {
                var best = double.PositiveInfinity;
                for (var repeat = 0; repeat < 3; repeat++)
                {
                    var start = Stopwatch.GetTimestamp();
                    if (together)
                    {
                        evaluator.Losses(windows, frequencies);
                    }
                    else
                    {
                        foreach (var window in windows)
                        {
                            evaluator.Losses([window], frequencies);
                        }
                    }

                    best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
                }

                Console.WriteLine($"{threads} threads, {(together ? $"{numWindows} windows at once" : "one window after the other")}: {(long)length * numWindows / best:F0} tokens/s");
            }
        }

        Console.WriteLine($"peak memory {Environment.WorkingSet >> 20} MiB working set");
        return 0;
    }
}
