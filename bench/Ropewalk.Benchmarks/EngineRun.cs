using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>One side of <see cref="EngineBenchmark"/>, in a process of its own: tokens a second of a prompt at once, then of tokens one by one,
/// each after a given depth; medians of several runs after one that is not counted. The depth's own time is left out. Prints the same
/// JSON as the peer's bench command.</summary>
internal static class EngineRun
{
    /// <summary>Runs it.</summary>
    /// <param name="args">MODEL, then numbers: --prompt, --generate, --depth, --threads, --repeat, --batch (sequences that share the
    /// prompt's tokens, of lengths from half to one and a half of the mean); --all-logits; --cache-type f32|f16|bf16.</param>
    public static int Run(string[] args)
    {
        int Number(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
        var prompt = Number("--prompt", 512);
        var generate = Number("--generate", 0);
        var depth = Number("--depth", 0);
        var repeat = Number("--repeat", 5);
        var cacheType = Array.IndexOf(args, "--cache-type") is >= 0 and var option ? Enum.Parse<GgmlType>(args[option + 1], ignoreCase: true) : GgmlType.F32;
        WorkerPool.NumThreads = Number("--threads", Environment.ProcessorCount);
        var before = PeakBytes();
        var watch = Stopwatch.StartNew();
        using var model = ModelLoader.Load(args[0]);
        var result = new JsonObject { ["load_seconds"] = watch.Elapsed.TotalSeconds };
        var length = depth + Math.Max(prompt, generate);
        var tokens = Enumerable.Range(1, length).Select(i => (int)(i * 7919L % model.Shape.VocabularySize)).ToArray();
        using var rotary = new RotaryTable(model.Rope.Scaling.At(length), length);
        if (prompt > 0)
        {
            var firstRow = args.Contains("--all-logits") ? 0 : prompt - 1;
            result["prompt"] = Number("--batch", 1) is > 1 and var sequences ? MeasureBatch(model, tokens.AsMemory(0, prompt), sequences, rotary, repeat) : Measure(prompt, repeat, () =>
            {
                using var cache = new KeyValueCache(model.Shape, prompt, singlePass: true);
                var clock = Stopwatch.StartNew();
                model.Forward(tokens.AsSpan(0, prompt), cache, rotary, firstRow, (_, _) => { });
                return clock.Elapsed;
            });
        }

        if (generate > 0)
        {
            result["generate"] = Measure(generate, repeat, () =>
            {
                using var cache = new KeyValueCache(model.Shape, length, singlePass: false, cacheType);
                if (depth > 0)
                {
                    model.Forward(tokens.AsSpan(0, depth), cache, rotary, depth, (_, _) => { });
                }

                var clock = Stopwatch.StartNew();
                for (var i = depth; i < depth + generate; i++)
                {
                    model.Forward(tokens.AsSpan(i, 1), cache, rotary, 0, (_, _) => { });
                }

                return clock.Elapsed;
            });
        }

        result["peak_rss_bytes"] = PeakBytes();
        result["peak_rss_bytes_before_load"] = before;
        Console.WriteLine(result.ToJsonString());
        return 0;
    }

    /// <summary>The prompt's tokens as sequences of different lengths in one pass, with the logits of each one's last token.</summary>
    private static JsonObject MeasureBatch(LanguageModel model, ReadOnlyMemory<int> tokens, int numSequences, RotaryTable rotary, int repeat)
    {
        var mean = (double)tokens.Length / numSequences;
        var ends = Enumerable.Range(1, numSequences).Select(i => i == numSequences ? tokens.Length : (int)(mean * (i + (i % 2 == 0 ? 0 : 0.5 * (((i * 5) % 7 / 3.0) - 1))))).ToArray();
        return Measure(tokens.Length, repeat, () =>
        {
            var batch = ends.Select((end, i) =>
            {
                var part = tokens[(i == 0 ? 0 : ends[i - 1])..end];
                return new SequenceInput(part, new KeyValueCache(model.Shape, part.Length, singlePass: true), rotary, part.Length - 1, (_, _) => { });
            }).ToArray();
            var clock = Stopwatch.StartNew();
            model.Forward(batch);
            var elapsed = clock.Elapsed;
            Array.ForEach(batch, s => s.Cache.Dispose());
            return elapsed;
        });
    }

    private static JsonObject Measure(int count, int repeat, Func<TimeSpan> run)
    {
        run();
        var speeds = Enumerable.Range(0, repeat).Select(_ => count / run().TotalSeconds).Order().ToArray();
        return new JsonObject
        {
            ["tokens"] = count,
            ["median_tokens_per_second"] = (speeds[(repeat - 1) / 2] + speeds[repeat / 2]) / 2,
            ["tokens_per_second"] = new JsonArray([.. speeds.Select(s => (JsonNode)s)]),
        };
    }

    private static long PeakBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
}
