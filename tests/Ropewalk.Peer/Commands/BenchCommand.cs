using System.Diagnostics;
using System.Text.Json.Nodes;
using Ropewalk.Peer.Native;

namespace Ropewalk.Peer.Commands;

/// <summary>Tokens a second as llama-bench counts them: a prompt at once, then tokens one by one, each after a given depth; medians
/// of several runs after one that is not counted. The depth's own time is left out. With --embed the prompt is one text that becomes a vector.</summary>
internal static class BenchCommand
{
    // llama-bench's.
    private const int Batch = 2048;
    private const int MicroBatch = 512;

    /// <summary>Runs it.</summary>
    public static JsonObject Run(Arguments arguments)
    {
        var prompt = arguments.Number("--prompt", 512, 0, 1 << 20);
        var generate = arguments.Number("--generate", 128, 0, 1 << 20);
        var depth = arguments.Number("--depth", 0, 0, 1 << 20);
        var repeat = arguments.Number("--repeat", 5, 1, 1000);
        var allLogits = arguments.Flag("--all-logits");
        var embeds = arguments.Flag("--embed");
        var options = new ContextOptions(arguments);
        var path = arguments.ExistingFile("MODEL.gguf");
        arguments.Finish();
        var length = depth + Math.Max(prompt, generate);
        if (length == depth)
        {
            throw new PeerInputException("--prompt and --generate: found 0, expected one of them above 0");
        }

        if (embeds && (generate > 0 || depth > 0 || allLogits))
        {
            throw new PeerInputException("--embed: found it with --generate, --depth or --all-logits, expected --prompt alone and --generate 0");
        }

        LlamaLibrary.Load();
        var before = PeakBytes();
        var watch = Stopwatch.StartNew();
        using var model = new LoadedModel(path);
        var loadSeconds = watch.Elapsed.TotalSeconds;
        using var context = embeds ? new ModelContext(model, options, length, length, length, pooling: -1)
            : allLogits ? new ModelContext(model, options, length)
            : new ModelContext(model, options, length, Batch, MicroBatch);
        var result = ModelReport.Of(model);
        result["threads"] = options.Threads;
        result["depth"] = depth;
        result["load_seconds"] = loadSeconds;
        var tokens = Tokens(length, model.VocabularySize);
        if (embeds)
        {
            result["embed"] = Measure(prompt, repeat, () => { }, () => context.Embed(tokens, isPooled: true));
        }
        else if (prompt > 0)
        {
            result["prompt"] = Measure(prompt, repeat, Prepare, () => context.Run(tokens.AsSpan(depth, prompt), allLogits));
        }

        if (generate > 0)
        {
            result["generate"] = Measure(generate, repeat, Prepare, () =>
            {
                for (var i = depth; i < depth + generate; i++)
                {
                    context.Run(tokens.AsSpan(i, 1), allLogits: false);
                }
            });
        }

        result["peak_rss_bytes"] = PeakBytes();
        result["peak_rss_bytes_before_load"] = before;
        return result;

        void Prepare()
        {
            context.Clear();
            context.Run(tokens.AsSpan(0, depth), allLogits: false);
        }
    }

    private static JsonObject Measure(int count, int repeat, Action prepare, Action run)
    {
        var speeds = new double[repeat];
        for (var i = -1; i < repeat; i++)
        {
            prepare();
            var watch = Stopwatch.StartNew();
            run();
            if (i >= 0)
            {
                speeds[i] = count / watch.Elapsed.TotalSeconds;
            }
        }

        Array.Sort(speeds);
        return new JsonObject
        {
            ["tokens"] = count,
            ["median_tokens_per_second"] = (speeds[(repeat - 1) / 2] + speeds[repeat / 2]) / 2,
            ["tokens_per_second"] = new JsonArray([.. speeds.Select(s => JsonValue.Create(s))]),
        };
    }

    // Any ids do: the work does not depend on them. A fixed walk makes runs alike.
    private static int[] Tokens(int count, int vocabulary) => [.. Enumerable.Range(1, count).Select(i => (int)(i * 7919L % vocabulary))];

    // The kernel's own high-water mark; it includes the mapped file's pages and what .NET takes.
    private static long PeakBytes() =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2]) * 1024;
}
