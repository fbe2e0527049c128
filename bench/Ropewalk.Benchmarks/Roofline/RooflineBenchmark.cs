using System.Globalization;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Where the time of a llama of 134 million parameters goes: for prompts and for tokens one by one, each part's floor (its operations at the
/// rate of multiply-adds in registers, or its bytes at the rate of reading memory, both measured in the same run), the time that its
/// kernels take at the model's shapes, and beside them the whole pass; the rest is what the whole takes more. Best calls.</summary>
internal static class RooflineBenchmark
{
    private const string Shape = "134m";
    private const int TokensOfRound = 16;

    /// <summary>Runs it.</summary>
    /// <param name="args">--threads N; --type F32; --cache-type F32 (of tokens one by one); --rounds N; --prompts 512,4096,16384; --depths 0,4096 ("" for none).</param>
    public static int Run(string[] args)
    {
        WorkerPool.NumThreads = args.Number("--threads", Environment.ProcessorCount);
        var rounds = args.Number("--rounds", 3);
        var type = Enum.Parse<GgmlType>(args.Text("--type", nameof(GgmlType.F32)));
        var cacheType = Enum.Parse<GgmlType>(args.Text("--cache-type", nameof(GgmlType.F32)));
        var sizes = ModelGenerator.SizesOf(Shape);
        var path = Path.Combine(Path.GetTempPath(), $"ropewalk-roofline-{Environment.ProcessId}.gguf");
        try
        {
            ModelGenerator.Write(sizes, path, type, filled: true);
            using var model = ModelLoader.Load(path);
            using var parts = new RooflineModel(sizes, type);
            var (flops, bytes) = (Machine.Flops(), Machine.ReadBytes());
            Console.WriteLine($"{WorkerPool.NumThreads} threads, {type}, keys and values of tokens in {cacheType}, vectors of {Machine.VectorBits} bits, best of {rounds} rounds; measured here: {flops / 1e9:F0} GFLOP/s in registers, {bytes / 1e9:F1} GB/s read from memory");
            foreach (var length in Numbers(args, "--prompts", "512,4096,16384"))
            {
                List<IDisposable> memory = [];
                Report($"prompt {length}", parts.Prompt(length, memory), flops, bytes, rounds, Prompt(model, length, memory));
                memory.ForEach(m => m.Dispose());
            }

            foreach (var depth in Numbers(args, "--depths", "0,4096"))
            {
                List<IDisposable> memory = [];
                Report($"token at {depth}", parts.Token(depth, cacheType, memory), flops, bytes, rounds * TokensOfRound, Token(model, depth, cacheType, memory));
                memory.ForEach(m => m.Dispose());
            }

            return 0;
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int[] Numbers(string[] args, string name, string otherwise) =>
        [.. args.Text(name, otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n, NumberStyles.None, CultureInfo.InvariantCulture))];

    private static Action Prompt(LanguageModel model, int length, List<IDisposable> memory)
    {
        var tokens = TokensOf(model, length);
        var rotary = new RotaryTable(model.Rope.Scaling.At(length), length);
        memory.Add(rotary);
        return () =>
        {
            using var cache = new KeyValueCache(model.Shape, length, singlePass: true);
            model.Forward(tokens, cache, rotary, length - 1, (_, _) => { });
        };
    }

    private static Action Token(LanguageModel model, int depth, GgmlType cacheType, List<IDisposable> memory)
    {
        var tokens = TokensOf(model, depth + 1);
        var rotary = new RotaryTable(model.Rope.Scaling.At(depth + 1), depth + 1);
        var cache = new KeyValueCache(model.Shape, depth + 1, singlePass: false, cacheType);
        memory.AddRange([rotary, cache]);
        if (depth > 0)
        {
            model.Forward(tokens.AsSpan(0, depth), cache, rotary, depth, (_, _) => { });
        }

        return () =>
        {
            cache.Length = depth;
            model.Forward(tokens.AsSpan(depth), cache, rotary, 0, (_, _) => { });
        };
    }

    private static int[] TokensOf(LanguageModel model, int length) =>
        [.. Enumerable.Range(1, length).Select(i => (int)(i * 7919L % model.Shape.VocabularySize))];

    private static void Report(string title, RooflinePart[] parts, double flops, double bytes, int rounds, Action whole)
    {
        // One call that is not counted: threads, scratch memory, compilation.
        whole();
        var best = Clock.BestInTurns(rounds, [whole, .. parts.Select(p => p.Run)]);
        var measured = parts.Select((part, i) => best[i + 1] * part.Times).ToArray();
        var floors = parts.Select(part => part.Floor(flops, bytes)).ToArray();
        Console.WriteLine();
        Console.WriteLine($"{title,-14} {"GFLOP",9} {"MB",7} {"floor ms",9} {"ms",9} {"floor/ms",8} {"of whole",8}");
        for (var i = 0; i < parts.Length; i++)
        {
            Console.WriteLine(
                $"{parts[i].Name,-14} {parts[i].Flops / 1e9,9:F2} {parts[i].Bytes / 1e6,7:F0} {floors[i] * 1e3,9:F2} {measured[i] * 1e3,9:F2} {floors[i] / measured[i],8:F2} {measured[i] / best[0],8:P0}");
        }

        var rest = best[0] - measured.Sum();
        Console.WriteLine($"{"rest",-14} {"",9} {"",7} {"",9} {rest * 1e3,9:F2} {"",8} {rest / best[0],8:P0}");
        Console.WriteLine($"{"whole",-14} {parts.Sum(p => p.Flops) / 1e9,9:F2} {parts.Sum(p => p.Bytes) / 1e6,7:F0} {floors.Sum() * 1e3,9:F2} {best[0] * 1e3,9:F2} {floors.Sum() / best[0],8:F2}");
    }
}
