using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Which methods a model has, and with which numbers.</summary>
public sealed class EmbedderMethodsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Learned_positions_have_the_paper_s_four()
    {
        using var model = Model(SmallEncoders.All["bert"]);
        Assert.Equal(
            ["none=none", "pcw=chunk", "gp=grouped:group=8", "rp=recurrent:period=512", "pi=table:8"], Specs(Parse(["all"], model, 4096)));
        Assert.Equal(["none=none", "gp=log-n+grouped:group=8", "pi=table:8, log-n"], Specs(Parse(["gp,pi"], model, 4096, logN: true)));
        Assert.Equal("grouped:group=2", Specs(Parse(["gp"], model, 513))[1]["gp=".Length..]);
    }

    [Fact]
    public void Rotary_positions_have_the_rest()
    {
        using var model = Model(SmallEncoders.All["nomic_bert"]);
        Assert.Equal(
            ["none=none", "pcw=chunk", "gp=grouped:group=8", "rp=recurrent:period=512", "pi=linear:8", "ntk=ntk:8", "resonance=resonance+yarn:8", "yarn=yarn:8", "self-extend=self-extend:group=9,window=64"],
            Specs(Parse(["all"], model, 4096)));
        Assert.Equal(["none=none", "self-extend:group=4,window=64=self-extend:group=4,window=64", "base:50000=base:50000"], Specs(Parse(["self-extend:group=4,window=64,base:50000"], model, 4096)));
    }

    [Fact]
    public void Factors_of_a_file_are_a_method()
    {
        using var model = Model(SmallEncoders.All["nomic_bert"]);
        var geometry = model.Rope!.Geometry;
        var file = _folder.PathOf("factors.json");
        RopeFactorsFile.Write(file, new LongRopeScaling(geometry, [new LongRopeEntry(2048, [.. Enumerable.Repeat(4.0, geometry.Pairs)])]), 2048);
        var methods = EmbedderMethods.Parse(["all"], model, 2048, file, logN: false, out _);
        Assert.Equal($"longrope:{file}", methods.Single(m => m.Name == "longrope").Spec);
        var damaged = _folder.Write("damaged.json", "{}");
        Assert.Throws<CheckpointFormatException>(() => EmbedderMethods.Parse(["longrope"], model, 2048, damaged, logN: false, out _));
    }

    /// <summary>Dual chunk attention is for models whose tokens see only what is before them; plans are for those whose layers see all of it.</summary>
    [Fact]
    public void A_decoder_has_dual_chunk_too_unless_its_layers_see_neighbours_only()
    {
        using var model = Model(SmallConfigs.All["qwen3"]);
        Assert.Equal("dual-chunk", Parse(["all"], model, EmbedderMethods.WindowOf(model) * 4)[^1].Name);
        using var other = new TemporaryFolder();
        RandomCheckpoint.Write(other, SmallConfigs.All["mistral"], 3);
        using var sliding = TextEncoder.Load(other.Root);
        Assert.Equal(["none", "pcw", "pi", "ntk", "resonance", "yarn"], EmbedderMethods.Parse(["all"], sliding, EmbedderMethods.WindowOf(sliding) * 4, null, logN: false, out var leftOut).Select(m => m.Name));
        Assert.Equal(["gp", "rp", "self-extend", "dual-chunk"], leftOut.Select(l => l.Split(':')[0]));
    }

    /// <summary>The pairs (g, w) of the paper's appendix for 512 to 1k, 2k and 4k; with them T tokens reach position L exactly.</summary>
    [Theory]
    [InlineData(1024, 3, 256)]
    [InlineData(2048, 5, 128)]
    [InlineData(4096, 9, 64)]
    public void SelfExtend_has_the_paper_s_numbers(int target, int group, int window)
    {
        using var model = Model(SmallEncoders.All["nomic_bert"]);
        Assert.Equal($"self-extend:group={group},window={window}", Parse(["self-extend"], model, target)[1].Spec);
        Assert.Equal(512, ((target - window) / group) + window);
    }

    [Theory]
    [InlineData("bert", "ntk", "--methods: found \"ntk\", expected all, none, pcw, gp, rp, pi for this model")]
    [InlineData("bert", "linear:4", "--methods linear:4: ")]
    [InlineData("nomic_bert", "table:4", "--methods table:4: ")]
    [InlineData("nomic_bert", "dual-chunk", "--methods: found \"dual-chunk\"")]
    [InlineData("nomic_bert", "longrope", "(with --factors)")]
    [InlineData("nomic_bert", "grouped:group=x", "--methods grouped:group=x: ")]
    public void What_does_not_fit_is_named(string name, string word, string message)
    {
        using var model = Model(SmallEncoders.All[name]);
        Assert.Contains(message, Assert.Throws<UserInputException>(() => Parse([word], model, 4096)).Message, StringComparison.Ordinal);
    }

    /// <summary>Every method holds T tokens, and a text's vector under it has nothing to do with the texts beside it.</summary>
    [Theory]
    [InlineData("bert")]
    [InlineData("nomic_bert")]
    [InlineData("modernbert")]
    public void Every_method_holds_the_target_and_sees_no_batch(string name)
    {
        using var model = Model(SmallEncoders.All[name]);
        int[] text = [.. Enumerable.Range(0, 40).Select(i => i * 37 % 1003)];
        int[] other = [.. Enumerable.Range(0, 700).Select(i => i * 11 % 1003)];
        foreach (var method in Parse(["all"], model, 1000).Where(m => m is { Chunks: false, Specs.IsEmpty: false }))
        {
            var positions = EncoderMethodSpec.Parse(method.Specs, model);
            Assert.True(model.LongestText(positions) >= 1000, method.Name);
            float[] Vector(params int[][] texts)
            {
                float[] found = [];
                model.Forward([.. texts.Select(t => (ReadOnlyMemory<int>)t)], positions, RowChoice.All, (i, rows) => found = i == 0 ? rows.ToArray() : found);
                return found;
            }

            Assert.True(Vector(text).AsSpan().SequenceEqual(Vector(text, other)), method.Name);
        }
    }

    private static IReadOnlyList<EmbedderMethod> Parse(string[] words, TextEncoder model, int target, bool logN = false)
    {
        var methods = EmbedderMethods.Parse(words, model, target, null, logN, out var leftOut);
        Assert.Empty(leftOut);
        return methods;
    }

    private static List<string> Specs(IEnumerable<EmbedderMethod> methods) => [.. methods.Select(m => $"{m.Name}={m.Spec}")];

    private TextEncoder Model(string config)
    {
        RandomCheckpoint.Write(_folder, config, 3);
        return TextEncoder.Load(_folder.Root);
    }
}
