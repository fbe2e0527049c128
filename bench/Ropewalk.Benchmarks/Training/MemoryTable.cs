using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Training;

/// <summary>What one step takes at long windows, with and without recomputation: a process for each, since a process never shrinks.</summary>
internal static class MemoryTable
{
    /// <summary>The hidden command that measures one.</summary>
    public const string Child = "train-memory-run";

    /// <summary>Runs it.</summary>
    /// <param name="args">--windows 2048,8192,16384, --width 256.</param>
    public static int Run(string[] args)
    {
        var width = args.Number("--width", 256);
        Console.WriteLine($"width {width}, 4 layers, batch 1, {WorkerPool.NumThreads} threads: MB of one step, and bytes of activations a token, measured and by the formula (logits and packed rows not in it)");
        Console.WriteLine($"{"window",7} {"recompute",9} {"activations",11} {"weights",8} {"process",8} {"a token",9} {"formula",9}");
        foreach (var window in args.Text("--windows", "2048,8192,16384").Split(','))
        {
            foreach (var recomputes in (bool[])[false, true])
            {
                string[] command = [.. ThisProgram.Start(), Child, window, $"{recomputes}", "--width", $"{width}", "--threads", $"{WorkerPool.NumThreads}"];
                using var child = Process.Start(new ProcessStartInfo(command[0], command[1..]) { UseShellExecute = false, RedirectStandardOutput = true })!;
                var line = child.StandardOutput.ReadToEnd();
                child.WaitForExit();
                if (child.ExitCode != 0)
                {
                    Console.WriteLine($"{window,7} {(recomputes ? "yes" : "no"),9} ended with exit code {child.ExitCode}");
                    continue;
                }

                var found = JsonElement.Parse(line);
                var c = CaseOf(int.Parse(window), width);
                long Bytes(string name) => found.GetProperty(name).GetInt64();
                Console.WriteLine(
                    $"{window,7} {(recomputes ? "yes" : "no"),9} {Bytes("activations") / 1e6,11:N0} {Bytes("weights") / 1e6,8:N0} {Bytes("process") / 1e6,8:N0} {Bytes("activations") / c.Tokens,9:N0} {c.ActivationBytesOfToken(recomputes),9:N0}");
            }
        }

        return 0;
    }

    /// <summary>Measures one: WINDOW RECOMPUTES.</summary>
    public static int RunChild(string[] args)
    {
        WorkerPool.NumThreads = args.Number("--threads", Environment.ProcessorCount);
        using var ours = new OurTraining(CaseOf(int.Parse(args[0]), args.Number("--width", 256)), bool.Parse(args[1]));
        ours.Step();
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new { activations = ours.ActivationBytes, weights = ours.WeightBytes, process = process.PeakWorkingSet64 }));
        return 0;
    }

    private static TrainCase CaseOf(int window, int width) => new(width, 4, width / 64, ((width * 8 / 3) + 7) / 8 * 8, 4096, window, 1);
}
