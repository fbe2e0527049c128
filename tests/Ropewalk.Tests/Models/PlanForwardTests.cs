using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>Whole models under every position plan, against a plain forward pass that is given each pair's distance by the paper's formula
/// and knows nothing of bands.</summary>
public sealed class PlanForwardTests
{
    private const int L = 128;

    // Spec; distance of a pair that is seen, null of one that is not; factor of a query.
    internal static readonly Dictionary<string, (Func<int, int, double?> Distance, Func<int, double>? Factor)> s_plans = new(StringComparer.Ordinal)
    {
        ["full"] = ((i, j) => i - j, null),
        ["self-extend:group=4,window=20"] = ((i, j) => i - j < 20 ? i - j : (i / 4) - (j / 4) + 20 - 5, null),
        ["self-extend:group=3,window=16,rounding=fractional"] = ((i, j) => i - j < 16 ? i - j : (i / 3) - (j / 3) + 16 - (16 / 3.0), null),
        ["rerope:window=24"] = ((i, j) => Math.Min(i - j, 24), null),
        ["leaky-rerope:window=24,factor=8"] = ((i, j) => i - j < 24 ? i - j : 24 + ((i - j - 24) / 8.0), null),
        ["dual-chunk:chunk=48,local=16"] = ((i, j) => DualChunk(i, j, 48, 32), null),
        ["dual-chunk:chunk=48,local=16,variant=paper"] = ((i, j) => DualChunk(i, j, 47, 32), null),
        ["grouped:group=3"] = ((i, j) => (i / 3) - (j / 3), null),
        ["recurrent:period=64"] = ((i, j) => (i % 64) - (j % 64), null),
        ["sinks:start=4,recent=40"] = ((i, j) => j >= i - 39 ? i - j : j < 4 ? Math.Min(i, 43) - j : null, null),
        ["log-n:training=64"] = ((i, j) => i - j, i => Math.Max(1, Math.Log(i + 1) / Math.Log(64))),
        ["log-n:training=64+rerope:window=24"] = ((i, j) => Math.Min(i - j, 24), i => Math.Max(1, Math.Log(i + 1) / Math.Log(64))),
    };

    public static TheoryData<string> Plans() => [.. s_plans.Keys];

    [Theory]
    [MemberData(nameof(Plans))]
    public void Logits_agree_with_the_distances_of_the_papers(string spec)
    {
        const int Length = 190;
        var tiny = new TinyLlama { Heads = 6, KeyValueHeads = 2, HeadDim = 8, Layers = 2 }.Fill(500);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var plan = PositionPlanRegistry.Parse(spec, L);
        var random = new CounterRandom(7);
        var tokens = Enumerable.Range(0, Length).Select(_ => random.NextInt(tiny.Vocabulary)).ToArray();
        var (distance, factor) = s_plans[spec];
        foreach (var attentionFactor in (double[])[1, 1.3])
        {
            var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies(), attentionFactor);
            var expected = tiny.Forward(tokens, frequencies, distance, factor);
            var whole = Logits(model, frequencies, plan, tokens, GgmlType.F32, Length);
            for (var t = 0; t < Length; t++)
            {
                for (var v = 0; v < tiny.Vocabulary; v++)
                {
                    Numbers.Close(expected[t][v], whole[t][v], 5e-5, $"{spec}: token {t} logit {v}");
                }
            }

            // In pieces and token by token: the same numbers to the last bit.
            foreach (var pieces in (int[][])[[.. Enumerable.Repeat(1, Length)], [100, 1, 1, 48, 40], [5, 3, 60, 122]])
            {
                var found = Logits(model, frequencies, plan, tokens, GgmlType.F32, pieces);
                for (var t = 0; t < Length; t++)
                {
                    Numbers.Same(whole[t], found[t], $"{spec}: pieces {string.Join(' ', pieces.Take(4))} token {t}");
                }
            }

            var halves = Logits(model, frequencies, plan, tokens, GgmlType.F16, 100, 90);
            Assert.All(halves.Zip(expected), pair => Assert.All(pair.First.Zip(pair.Second), logit => Assert.InRange(logit.First, logit.Second - 0.02, logit.Second + 0.02)));
        }
    }

    [Fact]
    public void A_cache_without_room_for_all_turned_keys_is_refused()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(1).Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(8), PositionPlanRegistry.Parse("self-extend:group=2,window=4", L).Causal(), 8);
        using var cache = new KeyValueCache(model.Shape, 8, singlePass: true);
        Assert.Contains("2 sets of keys", Assert.Throws<ArgumentException>(() => model.Forward([1], cache, rotary, 0, (_, _) => { })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new KeyValueCache(model.Shape, 8, singlePass: true, numKeySets: 0));
    }

    private static double? DualChunk(int i, int j, int limit, int s)
    {
        var query = ((i / s) - (j / s)) switch
        {
            0 => i % s,
            1 => Math.Min((i % s) + s, limit),
            _ => Math.Min((2 * s) - 1, limit),
        };
        return query - (j % s);
    }

    private static float[][] Logits(LanguageModel model, RopeFrequencies frequencies, PositionPlan plan, int[] tokens, GgmlType type, params int[] pieces)
    {
        var rows = new float[tokens.Length][];
        using var rotary = new RotaryTable(frequencies, plan.Causal(), tokens.Length);
        using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: pieces.Length == 1, type, rotary.NumKeySets);
        var start = 0;
        foreach (var count in pieces)
        {
            var from = start;
            model.Forward(tokens.AsSpan(start, count), cache, rotary, 0, (row, logits) => rows[from + row] = logits.ToArray());
            start += count;
        }

        return rows;
    }
}
