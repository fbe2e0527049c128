using System.Diagnostics;
using System.Globalization;
using Ropewalk.Engine.Models;

namespace Ropewalk.Benchmarks;

/// <summary>What loading a model takes, in seconds and in memory, and what a short text takes after it. Linux only: the numbers are those of
/// /proc/self/status.</summary>
internal static class LoadBenchmark
{
    private const int NumTokens = 8;

    public static int Run(string path, bool mapped)
    {
        var size = File.Exists(path) ? new FileInfo(path).Length : new DirectoryInfo(path).EnumerateFiles().Sum(f => f.Length);
        var before = Status("VmHWM");
        var start = Stopwatch.GetTimestamp();
        using var model = ModelLoader.Load(path, mapped);
        var loading = Stopwatch.GetElapsedTime(start);
        var busy = Environment.CpuUsage;
        var peak = Status("VmHWM");
        Console.WriteLine($"file {size} bytes, loaded in {loading.TotalSeconds:F1} s{(mapped ? ", mapped" : "")}; processor time {busy.UserTime.TotalSeconds:F1} s, and {busy.PrivilegedTime.TotalSeconds:F1} s of the system");
        Console.WriteLine($"peak {peak} bytes, {before} of them before: {(peak - before) / (double)size:F3} of the file; in use now {Status("RssAnon")} own, {Status("RssFile")} of files");

        var tokens = Enumerable.Range(1, NumTokens).ToArray();
        using var rotary = new RotaryTable(model.Rope.Scaling.At(NumTokens), NumTokens);
        for (var repeat = 1; repeat <= 2; repeat++)
        {
            using var cache = new KeyValueCache(model.Shape, NumTokens, singlePass: true);
            start = Stopwatch.GetTimestamp();
            var sum = 0.0;
            model.Forward(tokens, cache, rotary, NumTokens - 1, (_, logits) => sum = logits.ToArray().Sum(l => (double)l));
            Console.WriteLine($"{NumTokens} tokens in {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s (sum of the logits {sum:G6})");
        }

        Console.WriteLine($"peak {Status("VmHWM")} bytes after them");
        return 0;
    }

    private static long Status(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(field.Length + 1).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) << 10;
    }
}
