using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Models;

/// <summary>Every policy around the boundary, against a plain forward pass in float64 that is told the factors of each token.</summary>
public sealed class SwitchTests : IDisposable
{
    private const int L = 60;
    private const int Length = 64;
    private readonly TemporaryFolder _folder = new();
    private readonly TinyLlama _tiny = new TinyLlama { Heads = 4, KeyValueHeads = 2, HeadDim = 8, Layers = 3 }.Fill(900);
    private readonly LanguageModel _model;
    private readonly int[] _tokens;
    private readonly LongRopeScaling _scaling;

    public SwitchTests()
    {
        _tiny.Write(_folder, c => c["max_position_embeddings"] = L);
        _model = ModelLoader.Load(_folder.Root);
        var random = new CounterRandom(11);
        _tokens = [.. Enumerable.Range(0, Length).Select(_ => random.NextInt(_tiny.Vocabulary))];
        _scaling = new LongRopeScaling(_model.Rope.Geometry, [new LongRopeEntry(L, [1, 1.1, 1.2, 1.4], 1.05, 0), new LongRopeEntry(8 * L, [1, 1.8, 3, 6], 1.2, 0)]);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<SwitchPolicy> Policies() => [.. Enum.GetValues<SwitchPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Each_token_has_the_logits_of_its_policy(SwitchPolicy policy)
    {
        // Tokens 0 .. L-1 come as a prompt; then one by one across the boundary: sequences of L+1 tokens and more are long.
        var found = Feed(policy, [L, 1, 1, 1, 1], out var session);
        using (session)
        {
            var expected = policy switch
            {
                SwitchPolicy.BySequence or SwitchPolicy.PinLong => Whole(_scaling.At(Length)),
                SwitchPolicy.PinShort => Whole(_scaling.At(1)),
                SwitchPolicy.AtBoundary => [.. Whole(_scaling.At(L))[..L], .. Whole(_scaling.At(L + 1))[L..]],
                _ => _tiny.Forward(_tokens, t => _scaling.At(Math.Max(t + 1, L))),
            };
            Assert.Equal(policy is SwitchPolicy.AtBoundary or SwitchPolicy.AtBoundaryTurn ? 1 : 0, session.Switches);
            Assert.Equal(policy == SwitchPolicy.PinShort ? _scaling.At(L) : _scaling.At(L + 1), session.Frequencies);
            AssertClose(expected, found, policy.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_prompt_has_the_factors_for_all_of_it(SwitchPolicy policy)
    {
        var found = Feed(policy, [Length], out var session);
        session.Dispose();
        AssertClose(Whole(_scaling.At(policy == SwitchPolicy.PinShort ? L : Length)), found, policy.ToString());
    }

    [Fact]
    public void Turned_keys_are_those_that_would_have_been_stored_under_every_plan()
    {
        // One layer: there is nothing but angles, so turning is exact.
        var tiny = new TinyLlama { Heads = 4, KeyValueHeads = 2, HeadDim = 8, Layers = 1 }.Fill(901);
        using var folder = new TemporaryFolder();
        tiny.Write(folder, c => c["max_position_embeddings"] = L);
        using var model = ModelLoader.Load(folder.Root);
        foreach (var plan in (string[])["full", "self-extend:group=4,window=16", "rerope:window=20"])
        {
            var layout = PositionPlanRegistry.Parse(plan, L).Causal();
            using var before = new RotaryTable(_scaling.At(L), layout, Length);
            using var after = new RotaryTable(_scaling.At(Length), layout, Length);
            using var turned = new KeyValueCache(model.Shape, Length, singlePass: false, numKeySets: before.NumKeySets);
            using var stored = new KeyValueCache(model.Shape, Length, singlePass: false, numKeySets: before.NumKeySets);
            model.Forward(_tokens.AsSpan(0, L), turned, before, L, (_, _) => { });
            model.Forward(_tokens.AsSpan(0, L), stored, after, L, (_, _) => { });
            model.TurnKeys(turned, before, after);
            float[] found = [], expected = [];
            model.Forward(_tokens.AsSpan(L, 1), turned, after, 0, (_, logits) => found = logits.ToArray());
            model.Forward(_tokens.AsSpan(L, 1), stored, after, 0, (_, logits) => expected = logits.ToArray());
            for (var v = 0; v < found.Length; v++)
            {
                Numbers.Close(expected[v], found[v], 1e-5, $"{plan}: logit {v}");
            }
        }
    }

    [Fact]
    public void Start_tokens_keep_their_angles_when_keys_are_turned()
    {
        var scaling = new LongRopeScaling(_model.Rope.Geometry, [new LongRopeEntry(L, [1, 1, 1, 1], 1, 0), new LongRopeEntry(8 * L, [1, 2, 3, 6], 1.2, 5)]);
        using var before = new RotaryTable(scaling.At(L), Length);
        using var after = new RotaryTable(scaling.At(Length), Length);
        using var cache = new KeyValueCache(_model.Shape, Length, singlePass: false);
        _model.Forward(_tokens.AsSpan(0, L), cache, before, L, (_, _) => { });
        float[] expected = [], found = [];
        _model.Forward(_tokens.AsSpan(L, 1), cache, before, 0, (_, logits) => expected = logits.ToArray());
        cache.Truncate(L);
        _model.TurnKeys(cache, before, after);
        _model.TurnKeys(cache, after, before);
        _model.Forward(_tokens.AsSpan(L, 1), cache, before, 0, (_, logits) => found = logits.ToArray());
        for (var v = 0; v < found.Length; v++)
        {
            Numbers.Close(expected[v], found[v], 1e-5, $"there and back: logit {v}");
        }
    }

    [Fact]
    public void A_cache_of_one_pass_is_not_turned()
    {
        using var rotary = new RotaryTable(_scaling.At(L), Length);
        using var cache = new KeyValueCache(_model.Shape, Length, singlePass: true);
        Assert.Throws<ArgumentException>(() => _model.TurnKeys(cache, rotary, rotary));
        Assert.Throws<ArgumentOutOfRangeException>(() => cache.Truncate(1));
    }

    private float[][] Feed(SwitchPolicy policy, int[] pieces, out GenerationSession session)
    {
        var rows = new float[_tokens.Length][];
        session = new GenerationSession(_model, new PositionMethod(_scaling), Length, policy);
        foreach (var count in pieces)
        {
            var from = session.Length;
            session.Append(_tokens.AsSpan(from, count), 0, (row, logits) => rows[from + row] = logits.ToArray());
        }

        return rows;
    }

    private double[][] Whole(RopeFrequencies frequencies) => _tiny.Forward(_tokens, frequencies);

    private void AssertClose(double[][] expected, float[][] found, string name)
    {
        for (var t = 0; t < Length; t++)
        {
            for (var v = 0; v < _tiny.Vocabulary; v++)
            {
                Numbers.Close(expected[t][v], found[t][v], 5e-5, $"{name}: token {t} logit {v}");
            }
        }
    }
}
