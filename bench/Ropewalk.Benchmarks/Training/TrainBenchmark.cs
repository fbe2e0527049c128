using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Training;

/// <summary>Training steps beside PyTorch's, in turns in one run: the same architecture, batch and optimiser, float32, the best round of each.</summary>
internal static class TrainBenchmark
{
    /// <summary>Runs it.</summary>
    /// <param name="args">--threads N, --rounds N, --python FILE, --cases 1,2,3; --operations for our side alone, by operation; --memory for what a step takes at --windows 2048,8192,16384.</param>
    public static int Run(string[] args)
    {
        WorkerPool.NumThreads = args.Number("--threads", Environment.ProcessorCount);
        if (args.Contains("--memory"))
        {
            return MemoryTable.Run(args);
        }

        var rounds = args.Number("--rounds", 5);
        var cases = args.Text("--cases", "1,2,3").Split(',').Select(n => TrainCase.All[int.Parse(n) - 1]);
        if (args.Contains("--operations"))
        {
            return OperationTable.Run(cases, rounds);
        }

        using var peer = TorchPeer.Start(args.Text("--python", "/usr/bin/python3"));
        Console.WriteLine($"tokens/s and GFLOP/s, best of {rounds} rounds in turns, {WorkerPool.NumThreads} threads, vectors of {Machine.VectorBits} bits");
        Console.WriteLine($"{"width",5} {"layers",6} {"window",6} {"batch",5} {"tokens/s",10} {"GFLOP/s",8} {"MB",6} {"torch",10} {"GFLOP/s",8} {"MB",6} {"ratio",6}   losses");
        foreach (var c in cases)
        {
            using var ours = new OurTraining(c);
            var version = peer?.Build(c, WorkerPool.NumThreads);
            var (loss, theirLoss) = (ours.Step(), 0d);
            var (best, theirs, peak) = (double.PositiveInfinity, double.PositiveInfinity, 0d);
            for (var round = 0; round <= rounds; round++)
            {
                var answer = peer?.Step() ?? default;
                if (answer.ValueKind == JsonValueKind.Object)
                {
                    theirLoss = round == 0 ? answer.GetProperty("loss").GetDouble() : theirLoss;
                    theirs = Math.Min(theirs, round == 0 ? double.PositiveInfinity : answer.GetProperty("seconds").GetDouble());
                    peak = answer.GetProperty("peak").GetDouble();

                    // Its threads spin for a moment after a step.
                    Thread.Sleep(300);
                }

                best = Math.Min(best, Clock.Seconds(() => ours.Step()));
            }

            Console.WriteLine(
                $"{c.Width,5} {c.Layers,6} {c.Window,6} {c.Batch,5} {c.Tokens / best,10:N0} {c.Flops / best / 1e9,8:F0} {(ours.ActivationBytes + ours.WeightBytes) / 1e6,6:N0} {c.Tokens / theirs,10:N0} {c.Flops / theirs / 1e9,8:F0} {peak / 1e6,6:N0} {theirs / best,6:F2}   {loss:F4} {theirLoss:F4} {version?.GetProperty("torch")}");
        }

        Console.WriteLine($"MB: ours activations and weights at the most (the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:N0}), PyTorch's the process, which never shrinks from case to case");
        return 0;
    }
}
