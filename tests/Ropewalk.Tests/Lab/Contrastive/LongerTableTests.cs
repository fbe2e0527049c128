using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Training;

namespace Ropewalk.Tests.Lab.Contrastive;

public sealed class LongerTableTests
{
    [Theory]
    [InlineData("bert", LongerTable.Recurrent)]
    [InlineData("bert", LongerTable.Interpolated)]
    [InlineData("xlm-roberta", LongerTable.Recurrent)]
    [InlineData("xlm-roberta", LongerTable.Interpolated)]
    public void A_new_table_computes_what_the_method_does_without_one(string name, string kind)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 50);
        using var inference = TextEncoder.Load(folder.Root);
        var window = inference.Window;
        var config = JsonNode.Parse(SmallEncoders.All[name])!.AsObject();
        using var longer = Extend(folder, config, 2 * window, kind, out var isTrained);
        Assert.Equal(window, isTrained.Count(t => t) - longer.FirstPositionRow);
        Assert.Equal(longer.FirstPositionRow + (2 * window), (int)config["max_position_embeddings"]!);
        var embedder = new TrainableEmbedder(longer, Pooling.Mean, normalizes: false);
        var method = EncoderMethodSpec.Parse([kind == LongerTable.Recurrent ? "recurrent" : "table:2"], inference);
        foreach (var length in (int[])[window + 1, 2 * window])
        {
            var tokens = ModelGradientTests.Tokens(length, inference.Shape.VocabularySize, 51);
            float[] expected = [];
            inference.Forward([tokens], method, RowChoice.All, (_, rows) => expected = Pool.Forward(Pooling.Mean, rows, inference.Shape.HiddenWidth));
            Numbers.Close(expected, embedder.Embed([new TrainedText(tokens)]), 5e-6, $"{length} tokens");
        }

        using var checkpoint = ModelLoader.Open(folder.Root);
        using var before = TrainableModel.LoadEmbedder(checkpoint);
        var (old, table) = (ModelGradientTests.Values(before.PositionTable!), longer.PositionTable!);
        var trained = Enumerable.Range(0, table.Rows).Where(row => isTrained[row]).SelectMany(row => table.RowSpan(row, 1).ToArray());
        Numbers.Same(old, [.. trained], "trained rows");
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All["bert"], 52);
        JsonObject Config() => JsonNode.Parse(SmallEncoders.All["bert"])!.AsObject();
        Assert.Contains("at least the model's 512", Assert.Throws<UserInputException>(() => Extend(folder, Config(), 511, LongerTable.Recurrent, out _)).Message, StringComparison.Ordinal);
        Assert.Contains("a multiple of", Assert.Throws<UserInputException>(() => Extend(folder, Config(), 1000, LongerTable.Interpolated, out _)).Message, StringComparison.Ordinal);
        Assert.Contains("--table: found \"other\"", Assert.Throws<UserInputException>(() => Extend(folder, Config(), 1024, "other", out _)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nomic_bert", "ntk:4")]
    [InlineData("nomic_bert", "base:50000")]
    [InlineData("nomic_bert", "dynamic:2")]
    [InlineData("modernbert", "ntk:4")]
    [InlineData("nomic_bert", null)]
    public void A_config_says_the_scaling_that_was_tuned_under(string name, string? spec)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 53);
        using var before = TextEncoder.Load(folder.Root);
        var scaling = spec is null ? null : RopeScalingRegistry.Parse(spec, before.Rope!.Geometry, _ => throw new InvalidOperationException("no file"));
        var config = JsonNode.Parse(SmallEncoders.All[name])!.AsObject();
        LongerRotary.Write(config, "config.json", scaling, 2048);
        folder.Write("config.json", config.ToJsonString());
        using var after = TextEncoder.Load(folder.Root);
        Assert.Equal(2048, after.Window);
        var (expected, found) = ((scaling ?? before.Rope!.Scaling).At(1500), after.Rope!.Scaling.At(1500));
        Numbers.Close([.. expected.InverseFrequencies.Select(f => (float)f)], [.. found.InverseFrequencies.Select(f => (float)f)], 1e-7, $"{spec}");
    }

    [Fact]
    public void A_scaling_that_a_config_cannot_say_is_refused()
    {
        var config = JsonNode.Parse(SmallEncoders.All["nomic_bert"])!.AsObject();
        var geometry = new RopeGeometry(24, 10000, 512);
        Assert.Throws<UnsupportedCheckpointException>(() => LongerRotary.Write(config, "config.json", new LinearScaling(geometry, 4), 2048));
    }

    private static TrainableModel Extend(TemporaryFolder folder, JsonObject config, int to, string kind, out bool[] isTrained)
    {
        using var checkpoint = ModelLoader.Open(folder.Root);
        return LongerTable.Extend(TrainableModel.LoadEmbedder(checkpoint), config, to, kind, out isTrained);
    }
}
