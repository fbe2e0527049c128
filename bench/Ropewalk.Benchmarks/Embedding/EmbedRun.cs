using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Embedding;

/// <summary>Our side of <see cref="EmbedBenchmark"/>, in a process of its own: one text of so many tokens becomes a vector by the mean of its rows. Prints
/// the same JSON as the peer's bench --embed.</summary>
internal static class EmbedRun
{
    /// <summary>Runs it.</summary>
    /// <param name="args">MODEL, --prompt TOKENS, --repeat N, --threads N.</param>
    public static int Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
        var length = Number("--prompt", 512);
        var repeat = Number("--repeat", 5);
        WorkerPool.NumThreads = Number("--threads", Environment.ProcessorCount);
        var watch = Stopwatch.StartNew();
        using var model = TextEncoder.Load(args[0]);
        var result = new JsonObject { ["load_seconds"] = watch.Elapsed.TotalSeconds };
        ReadOnlyMemory<int> tokens = Enumerable.Range(1, length).Select(i => (int)(i * 7919L % model.Shape.VocabularySize)).ToArray();
        var speeds = new double[repeat];
        for (var i = -1; i < repeat; i++)
        {
            var clock = Stopwatch.StartNew();
            model.Forward([tokens], EncoderMethod.None, RowChoice.All, (_, rows) => Pool.Forward(Pooling.Mean, rows, model.Shape.HiddenWidth));
            if (i >= 0)
            {
                speeds[i] = length / clock.Elapsed.TotalSeconds;
            }
        }

        Array.Sort(speeds);
        result["embed"] = new JsonObject
        {
            ["tokens"] = length,
            ["median_tokens_per_second"] = (speeds[(repeat - 1) / 2] + speeds[repeat / 2]) / 2,
            ["tokens_per_second"] = new JsonArray([.. speeds.Select(s => JsonValue.Create(s))]),
        };
        result["peak_rss_bytes"] = long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
        Console.WriteLine(result.ToJsonString());
        return 0;
    }
}
