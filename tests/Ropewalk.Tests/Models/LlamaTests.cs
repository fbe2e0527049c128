using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

public sealed class LlamaTests
{
    private static readonly Dictionary<string, Func<TinyLlama>> s_variants = new(StringComparer.Ordinal)
    {
        ["plain"] = () => new TinyLlama(),
        ["tied head, all biases"] = () => new TinyLlama { Tied = true, AttentionBias = true, MlpBias = true },
        ["one key-value head for three"] = () => new TinyLlama { Heads = 6, KeyValueHeads = 2, HeadDim = 8 },
        ["head width 10"] = () => new TinyLlama { Heads = 3, KeyValueHeads = 1, HeadDim = 10, AttentionBias = true },
        ["half of each head is turned"] = () => new TinyLlama { Heads = 2, KeyValueHeads = 2, HeadDim = 16, Hidden = 20, Partial = 0.5 },
        ["three quarters of width 24"] = () => new TinyLlama { Heads = 2, KeyValueHeads = 1, HeadDim = 24, Partial = 0.75, Layers = 1 },
        ["sharded bfloat16"] = () => new TinyLlama { Types = [StoredType.BF16], Shards = 3, MlpBias = true },
        ["float16"] = () => new TinyLlama { Types = [StoredType.F16] },
        ["types mixed inside one product"] = () => new TinyLlama { Types = [StoredType.BF16, StoredType.F32, StoredType.F16], Shards = 2 },
        ["deeper than a block"] = () => new TinyLlama { Hidden = 400, Heads = 5, KeyValueHeads = 5, HeadDim = 64, FeedForward = 390, Vocabulary = 130, Layers = 1, Types = [StoredType.BF16] },
        ["a width of 1"] = () => new TinyLlama { Hidden = 1, Heads = 1, KeyValueHeads = 1, HeadDim = 2, FeedForward = 1, Vocabulary = 3 },
        ["prime widths"] = () => new TinyLlama { Hidden = 37, Heads = 7, KeyValueHeads = 7, HeadDim = 22, FeedForward = 53, Vocabulary = 101, Types = [StoredType.BF16] },
        ["one of everything"] = () => new TinyLlama { Hidden = 4, Heads = 1, KeyValueHeads = 1, HeadDim = 2, FeedForward = 1, Vocabulary = 3, Layers = 1 },
    };

    public static TheoryData<string> Variants() => [.. s_variants.Keys];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Logits_agree_with_a_plain_forward_pass(string variant)
    {
        var tiny = s_variants[variant]().Fill(100);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var geometry = model.Rope.Geometry;
        Assert.Equal(tiny.Pairs, geometry.Pairs);
        var original = geometry.InverseFrequencies();
        foreach (var frequencies in (RopeFrequencies[])
        [
            new RopeFrequencies(original),
            new RopeFrequencies([.. original.Select((f, i) => f / (1 + i))], 1.25, 3, original),
        ])
        {
            foreach (var length in (int[])[1, 7, 60])
            {
                var random = new CounterRandom(3);
                var tokens = Enumerable.Range(0, length).Select(_ => random.NextInt(tiny.Vocabulary)).ToArray();
                var expected = tiny.Forward(tokens, frequencies);
                var found = Logits(model, frequencies, tokens);
                for (var t = 0; t < length; t++)
                {
                    for (var v = 0; v < tiny.Vocabulary; v++)
                    {
                        Numbers.Close(expected[t][v], found[t][v], 3e-5, $"{variant}: length {length} token {t} logit {v}");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Pieces_of_a_sequence_give_the_logits_of_the_whole(string variant)
    {
        const int Length = 150;
        var tiny = s_variants[variant]().Fill(200);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        var random = new CounterRandom(4);
        var tokens = Enumerable.Range(0, Length).Select(_ => random.NextInt(tiny.Vocabulary)).ToArray();
        var whole = Logits(model, frequencies, tokens);
        foreach (var pieces in (int[][])[[.. Enumerable.Repeat(1, Length)], [100, 1, 1, 48], [5, 3, 60, 82], [Length]])
        {
            var found = Logits(model, frequencies, tokens, pieces);
            for (var t = 0; t < Length; t++)
            {
                Numbers.Same(whole[t], found[t], $"{variant}: pieces {string.Join(' ', pieces.Take(4))} token {t}");
            }
        }
    }

    [Fact]
    public void Logits_come_from_the_first_row_asked_for()
    {
        var tiny = new TinyLlama().Fill(300);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        var tokens = Enumerable.Range(0, 130).Select(i => i % tiny.Vocabulary).ToArray();
        var whole = Logits(model, frequencies, tokens);
        using var rotary = new RotaryTable(frequencies, tokens.Length);
        foreach (var first in (int[])[0, 1, 47, 48, 100, 129, 130])
        {
            using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: true);
            var rows = new float[tokens.Length][];
            model.Forward(tokens, cache, rotary, first, (row, logits) => rows[row] = logits.ToArray());
            Assert.Equal(tokens.Length, cache.Length);
            for (var t = 0; t < tokens.Length; t++)
            {
                Assert.True((rows[t] is not null) == (t >= first), $"first row {first}: row {t} was {(rows[t] is null ? "not " : string.Empty)}given");
                if (rows[t] is { } row)
                {
                    Numbers.Same(whole[t], row, $"first row {first} row {t}");
                }
            }
        }
    }

    [Fact]
    public void Arguments_that_reach_past_memory_are_refused()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(1).Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        using var rotary = new RotaryTable(new RopeFrequencies(model.Rope.Geometry.InverseFrequencies()), 8);
        using var wide = new RotaryTable(new RopeFrequencies([.. Enumerable.Repeat(1.0, 5)]), 8);
        using var cache = new KeyValueCache(model.Shape, 16, singlePass: true);
        LogitsSink sink = (_, _) => { };
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([1, 50], cache, rotary, 0, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([-1], cache, rotary, 0, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([], cache, rotary, 0, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([1], cache, rotary, -1, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([1], cache, rotary, 2, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(new int[9], cache, rotary, 0, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward(new int[17], cache, rotary, 0, sink));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Forward([1], cache, wide, 0, sink));
        Assert.Equal(0, cache.Length);
        model.Forward([1], cache, rotary, 0, sink);
        Assert.Throws<InvalidOperationException>(() => model.Forward([1], cache, rotary, 0, sink));
    }

    [Fact]
    public void Parameters_are_counted_once()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama { Tied = true, AttentionBias = true, MlpBias = true, Layers = 1 }.Fill(1).Write(folder);
        using var model = ModelLoader.Load(folder.Root);

        // V D + D + (2 D + 4 (D^2 + D) + 2 (F D + F) + D F + D) with D 24, F 20, V 50.
        Assert.Equal(1200 + 24 + (48 + (4 * 600) + (2 * 500) + 480 + 24), model.NumParameters);
    }

    [Theory]
    [InlineData("model_type", "\"gpt9\"", "model_type")]
    [InlineData("hidden_act", "\"gelu\"", "hidden_act")]
    [InlineData("num_key_value_heads", "2", "num_key_value_heads")]
    [InlineData("num_attention_heads", "5", "num_attention_heads")]
    [InlineData("rms_norm_eps", "0", "rms_norm_eps")]
    [InlineData("hidden_size", "0", "hidden_size")]
    [InlineData("vocab_size", "\"many\"", "vocab_size")]
    [InlineData("qk_rope_head_dim", "64", "rotary width")]
    public void A_config_that_is_not_ours_is_one_line(string key, string value, string named)
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(1).Write(folder, config => config[key] = JsonNode.Parse(value));
        OneLine(folder, named);
    }

    [Fact]
    public void A_config_without_model_type_is_one_line()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(1).Write(folder, config => config.Remove("model_type"));
        OneLine(folder, "model_type");
    }

    [Fact]
    public void Every_missing_tensor_is_listed()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyLlama().Fill(1);
        tiny.Remove("lm_head.weight");
        tiny.Remove("model.layers.1.mlp.up_proj.weight");
        tiny.Write(folder);
        OneLine(folder, "2 missing", "lm_head.weight", "model.layers.1.mlp.up_proj.weight");
    }

    [Fact]
    public void Every_wrong_shape_is_listed()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyLlama().Fill(1);
        tiny.Reshape("model.norm.weight", 23);
        tiny.Reshape("model.layers.0.self_attn.q_proj.weight", 24, 25);
        tiny.Reshape("model.layers.0.mlp.down_proj.weight", 480);
        tiny.Write(folder);
        OneLine(folder, "3 of another shape", "model.norm.weight [23] instead of [24]", "q_proj.weight [24, 25] instead of [24, 24]", "down_proj.weight [480] instead of [24, 20]");
    }

    [Theory]
    [InlineData("model.layers.1.self_attn.v_proj.weight", 1 + (24 * 23))]
    [InlineData("model.embed_tokens.weight", (49 * 24) + 5)]
    [InlineData("model.norm.weight", 23)]
    public void A_number_that_is_not_finite_is_named_with_its_place(string name, int element)
    {
        foreach (var value in (float[])[float.NaN, float.PositiveInfinity])
        {
            using var folder = new TemporaryFolder();
            var tiny = new TinyLlama().Fill(1);
            tiny[name][element] = value;
            tiny.Write(folder);
            OneLine(folder, name, $"at element {element},");
        }
    }

    /// <summary>All rows' logits; with pieces, through a cache of every layer.</summary>
    private static float[][] Logits(LanguageModel model, RopeFrequencies frequencies, int[] tokens, int[]? pieces = null)
    {
        using var rotary = new RotaryTable(frequencies, tokens.Length);
        using var cache = new KeyValueCache(model.Shape, tokens.Length, singlePass: pieces is null);
        var rows = new float[tokens.Length][];
        var start = 0;
        foreach (var count in pieces ?? [tokens.Length])
        {
            var from = start;
            model.Forward(tokens.AsSpan(start, count), cache, rotary, 0, (row, logits) => rows[from + row] = logits.ToArray());
            start += count;
        }

        Assert.Equal(tokens.Length, start);
        return rows;
    }

    private static void OneLine(TemporaryFolder folder, params string[] parts)
    {
        var error = Assert.ThrowsAny<RopewalkException>(() => ModelLoader.Load(folder.Root));
        Assert.DoesNotContain('\n', error.Message);
        Assert.All(parts, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
