using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Formats.HuggingFace;

public class RopeConfigReaderTests
{
    private const string Head = "\"head_dim\": 8, \"max_position_embeddings\": 64";

    [SharedTheory]
    [InlineData("DeepSeek-V3.config.json", 64, 4096, "yarn")]
    [InlineData("Devstral-2-123B-Instruct.config.json", 128, 4096, "yarn")]
    [InlineData("Llama-3.1-8B-Instruct.config.json", 128, 8192, "llama3")]
    [InlineData("MiniCPM3-4B.config.json", 32, 32768, "longrope")]
    [InlineData("Olmo-3.1-32B-Instruct.config.json", 128, 8192, "yarn")]
    [InlineData("Phi-3-mini-128k-instruct.longrope.json", 96, 4096, "longrope")]
    [InlineData("Phi-3-vision-128k-instruct.config.json", 96, 4096, "longrope")]
    [InlineData("Phi-3.5-mini-instruct.config.json", 96, 4096, "longrope")]
    [InlineData("Phi-4-mini-instruct.config.json", 96, 4096, "longrope")]
    [InlineData("Qwen2.5-7B-Instruct.config.json", 128, 32768, "none")]
    public void Real_configs_are_read(string name, int dimension, int original, string method)
    {
        var config = RopeConfigReader.Read(RealConfig(name), name);
        Assert.Equal(dimension, config.Geometry.RotaryDimension);
        Assert.Equal(original, config.Geometry.OriginalContext);
        Assert.Equal(method, config.Scaling.Name);
        Assert.Equal(dimension / 2, config.Scaling.At(config.MaximumContext).Pairs);
    }

    [SharedTheory]
    [InlineData("MiniCPM4-8B.longrope.json", "rope_theta: found nothing", 0.9977997200264581)]
    [InlineData("MiniCPM4.1-8B.longrope.json", "rope_theta: found nothing", 0.9982316082870437)]
    public void Fragments_lack_their_base_and_are_read_with_one(string name, string message, double firstFactor)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => RopeConfigReader.Read(RealConfig(name), name));
        Assert.StartsWith($"{name}: {message}", error.Message, StringComparison.Ordinal);

        var complete = RealConfig(name).GetRawText().TrimEnd().TrimEnd('}') + ", \"rope_theta\": 10000, \"head_dim\": 128, \"max_position_embeddings\": 32768}";
        var scaling = Assert.IsType<LongRopeScaling>(Read(complete).Scaling);
        Assert.Equal(firstFactor, scaling.Entries[0].RescaleFactors[0]);
    }

    [SharedFact]
    public void Keys_of_another_convention_are_refused()
    {
        var error = Assert.Throws<UnsupportedCheckpointException>(() => RopeConfigReader.Read(RealConfig("gpt-oss-20b.config.json"), "c.json"));
        Assert.StartsWith("c.json: rope_scaling_factor: 32", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Published_numbers_come_out_of_real_configs()
    {
        var phi = RopeConfigReader.Read(RealConfig("Phi-3-vision-128k-instruct.config.json"), "phi");
        Assert.Equal(1.1902380714238083, phi.Scaling.At(1).AttentionFactor, 1e-12);
        Assert.NotEqual(phi.Scaling.At(4096), phi.Scaling.At(4097));
        Assert.Equal(1.0299999713897705, phi.Scaling.At(4097).RescaleFactors(phi.Geometry)[0], 1e-15);
        var olmo = RopeConfigReader.Read(RealConfig("Olmo-3.1-32B-Instruct.config.json"), "olmo");
        Assert.Equal(1.2079441541679836, olmo.Scaling.At(1).AttentionFactor);
        var devstral = RopeConfigReader.Read(RealConfig("Devstral-2-123B-Instruct.config.json"), "devstral");
        Assert.Contains(devstral.Notes, n => n.Contains("llama_4_scaling_beta", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{" + Head + "}", "rope_theta: found nothing")]
    [InlineData("{\"head_dim\": 8, \"rope_theta\": 1e4}", "max_position_embeddings: found nothing")]
    [InlineData("{\"max_position_embeddings\": 64, \"rope_theta\": 1e4}", "head_dim: found nothing")]
    [InlineData("[]", "root: found []")]
    [InlineData("{" + Head + ", \"rope_theta\": 0}", "rope_theta: found 0, expected a finite number above 0")]
    [InlineData("{" + Head + ", \"rope_theta\": -1}", "rope_theta: found -1")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e999}", "rope_theta: found 1e999")]
    [InlineData("{" + Head + ", \"rope_theta\": \"NaN\"}", "rope_theta: found \"NaN\"")]
    [InlineData("{\"head_dim\": 8, \"max_position_embeddings\": 64.5, \"rope_theta\": 1e4}", "max_position_embeddings: found 64.5")]
    [InlineData("{\"head_dim\": 2000000000, \"max_position_embeddings\": 64, \"rope_theta\": 1e4}", "head_dim: found a head of 2000000000")]
    [InlineData("{\"hidden_size\": 9, \"num_attention_heads\": 2, \"max_position_embeddings\": 64, \"rope_theta\": 1e4}", "hidden_size: found 9")]
    [InlineData("{\"head_dim\": 100, \"partial_rotary_factor\": 0.25, \"max_position_embeddings\": 64, \"rope_theta\": 1e4}", "head_dim: found 25 rotated entries")]
    [InlineData("{" + Head + ", \"partial_rotary_factor\": 1.5, \"rope_theta\": 1e4}", "partial_rotary_factor: found 1.5")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": 4}", "rope_scaling: found 4")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"factor\": 4}}", "rope_scaling.rope_type: found nothing")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarm\", \"factor\": 4}}", "rope_scaling.rope_type: found \"yarm\"")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": 7, \"factor\": 4}}", "rope_scaling.type: found 7")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"linear\"}}", "rope_scaling.factor: found nothing")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}}", "rope_scaling.factor: found 0")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\"}}", "rope_scaling.factor: found nothing")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"truncate\": 1}}", "rope_scaling.truncate: found 1")]
    [InlineData("{" + Head + ", \"rope_theta\": 1, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}}", "rope_scaling.rope_theta: found 1")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"rope_type\": \"linear\", \"factor\": 4}}", "rope_scaling.rope_type and type: found \"linear\" and \"yarn\"")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4}}", "rope_scaling.original_max_position_embeddings: found nothing")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 4, \"high_freq_factor\": 4, \"original_max_position_embeddings\": 64}}", "rope_scaling.high_freq_factor: found 4")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1e6}}", "rope_theta and rope_parameters.rope_theta: found 1e4 and 1e6")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rotary_emb_base\": 1e6}", "rope_theta and rotary_emb_base: found 10000 and 1000000, expected the same value in both")]
    [InlineData("{" + Head + ", \"rotary_emb_base\": 1e6, \"rope_parameters\": {\"rope_theta\": 1e4}}", "rope_theta and rotary_emb_base: found 10000 and 1000000")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_theta\": 1e5}", "rope_theta: found the key twice")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"original_max_position_embeddings\": 32, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}}", "original_max_position_embeddings and rope_scaling.original_max_position_embeddings: found 32 and 16")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}, \"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}}", "rope_scaling and rope_parameters: found types \"yarn\" and \"default\"")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4}, \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 8}}", "rope_scaling.factor and rope_parameters.factor: found 4 and 8")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"beta_fast\": 16}, \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4}}", "rope_scaling.beta_fast and rope_parameters.beta_fast: found 16 and nothing")]
    public void Damaged_and_contradicting_configs_are_refused(string config, string message)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => Read(config));
        Assert.StartsWith("config.json: " + message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("[1, 1, 1]", "3 entries, expected 4")]
    [InlineData("[1, 1, 1, 1, 1]", "5 entries, expected 4")]
    [InlineData("4", "4, expected a list of 4 numbers")]
    [InlineData("null", "nothing, expected a list of 4 numbers")]
    public void Factor_lists_of_the_wrong_shape_are_refused(string list, string message)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => Read(LongRope("[1, 1, 1, 1]", list)));
        Assert.StartsWith("config.json: rope_scaling.long_factor: found " + message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1e999")]
    [InlineData("\"NaN\"")]
    [InlineData("null")]
    public void Factors_out_of_range_are_refused(string factor)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => Read(LongRope($"[1, 1, {factor}, 1]", "[1, 1, 1, 1]")));
        Assert.Equal($"config.json: rope_scaling.short_factor[2]: found {factor}, expected a finite number above 0", error.Message);
    }

    [Theory]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"rope_type\": \"mrope\"}}", "rope_scaling.rope_type: mrope")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"dynamic\", \"alpha\": 1000, \"factor\": 1}}", "rope_scaling.alpha: 1000")]
    [InlineData("{" + Head + ", \"rope_theta\": 1e6, \"rope_local_base_freq\": 1e4}", "rope_local_base_freq: 1e4")]
    [InlineData("{" + Head + ", \"rope_parameters\": {\"full_attention\": {\"rope_type\": \"default\", \"rope_theta\": 1e6}, \"sliding_attention\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}}}", "rope_parameters: different objects for full_attention and sliding_attention")]
    public void Encodings_that_do_not_run_here_are_named(string config, string message)
    {
        var error = Assert.Throws<UnsupportedCheckpointException>(() => Read(config));
        Assert.StartsWith("config.json: " + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_spellings_give_equal_scalings()
    {
        var old = Read("{" + Head + ", \"rope_theta\": 10000.0, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}}");
        string[] others =
        [
            "{" + Head + ", \"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1e4, \"factor\": 4, \"original_max_position_embeddings\": 16}}",
            "{" + Head + ", \"rope_theta\": 1e4, \"original_max_position_embeddings\": 16, \"rope_parameters\": {\"rope_type\": \"yarn\", \"factor\": 4.0}}",
            "{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"rope_type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}, \"rope_parameters\": {\"rope_type\": \"yarn\", \"rope_theta\": 1e4, \"factor\": 4.0}}",
            "{" + Head + ", \"rope_parameters\": {\"a\": {\"type\": \"yarn\", \"rope_theta\": 1e4, \"factor\": 4, \"original_max_position_embeddings\": 16}, \"b\": {\"type\": \"yarn\", \"rope_theta\": 1e4, \"factor\": 4.0, \"original_max_position_embeddings\": 16}}}",
            "{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": null, \"original_max_position_embeddings\": 16}}",
        ];
        Assert.All(others, other => Assert.Equal(old.Scaling, Read(other).Scaling));
        Assert.All(others, other => Assert.Equal(old.Geometry, Read(other).Geometry));
    }

    [Fact]
    public void Su_is_longrope_and_the_switch_is_after_the_original_length()
    {
        var su = Read(LongRope("[1, 1, 1, 1]", "[1, 2, 4, 8]").Replace("longrope", "su", StringComparison.Ordinal));
        Assert.Equal(Read(LongRope("[1, 1, 1, 1]", "[1, 2, 4, 8]")).Scaling, su.Scaling);
        Assert.Equal(1, su.Scaling.At(16).RescaleFactors(su.Geometry)[3], 1e-15);
        Assert.Equal(8, su.Scaling.At(17).RescaleFactors(su.Geometry)[3], 1e-15);
        Assert.Equal(AttentionFactors.Su(4, 16), su.Scaling.At(1).AttentionFactor);
    }

    [Fact]
    public void What_is_ignored_is_noted()
    {
        var config = Read("{" + Head + ", \"rope_theta\": 1e4, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4, \"beta_fast\": 32}}");
        Assert.Equal(["config.json: rope_scaling.beta_fast is not a key of linear and is ignored"], config.Notes.ToArray());
        var mscale = Read(LongRope("[1, 1, 1, 1]", "[1, 1, 1, 1]").Replace("\"type\"", "\"short_mscale\": 1.5, \"type\"", StringComparison.Ordinal));
        Assert.Contains("short_mscale 1.5 is ignored", Assert.Single(mscale.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Widths_come_from_the_most_specific_key()
    {
        Assert.Equal(8, Width("\"head_dim\": 8, \"hidden_size\": 64, \"num_attention_heads\": 4"));
        Assert.Equal(16, Width("\"hidden_size\": 64, \"num_attention_heads\": 4"));
        Assert.Equal(4, Width("\"qk_rope_head_dim\": 4, \"head_dim\": 8"));
        Assert.Equal(26, Width("\"head_dim\": 80, \"partial_rotary_factor\": 0.33"));
        Assert.Equal(16, Width("\"head_dim\": 64, \"rotary_pct\": 0.25"));
        Assert.Equal(32, Width("\"head_dim\": 64, \"rotary_dim\": 32"));
        Assert.Equal(8, Width("\"head_dim\": null, \"hidden_size\": 64, \"num_attention_heads\": 8"));
        Assert.Throws<CheckpointFormatException>(() => Width("\"head_dim\": 64, \"rotary_dim\": 32, \"partial_rotary_factor\": 0.25"));
        Assert.Throws<CheckpointFormatException>(() => Width("\"head_dim\": 64, \"rotary_pct\": 0.5, \"partial_rotary_factor\": 0.25"));
    }

    /// <summary>Qwen3Config and Gemma3TextConfig of Transformers: 128 and 256 where head_dim is absent, whatever the width and the heads are.</summary>
    [Theory]
    [InlineData("qwen3", 128)]
    [InlineData("gemma3_text", 256)]
    public void A_model_class_has_a_head_width_of_its_own(string type, int width)
    {
        var named = $"\"model_type\": \"{type}\", \"hidden_size\": 64, \"num_attention_heads\": 4";
        Assert.Equal(width, Width(named));
        Assert.Equal(8, Width(named + ", \"head_dim\": 8"));
        var config = JsonElement.Parse(RandomCheckpoint.Config(SmallConfigs.All[type], """{"head_dim":null}"""));
        var spec = Array.Find(Architecture.All, a => a.ModelType == type)!.Read(config, "config.json");
        Assert.Equal((width, width), (spec.Shape.HeadWidth, spec.Rope.Geometry.RotaryDimension));
    }

    /// <summary>GPTNeoXConfig of Transformers 4.x and 5.x turns a quarter where rotary_pct is absent.</summary>
    [Theory]
    [InlineData("", 16)]
    [InlineData(", \"rotary_pct\": 1.0", 64)]
    [InlineData(", \"partial_rotary_factor\": 0.5", 32)]
    public void Gpt_neox_turns_a_quarter_of_a_head_unless_it_says_otherwise(string keys, int width) =>
        Assert.Equal(width, Width("\"model_type\": \"gpt_neox\", \"hidden_size\": 256, \"num_attention_heads\": 4" + keys));

    private static int Width(string keys) =>
        Read("{" + keys + ", \"max_position_embeddings\": 64, \"rope_theta\": 1e4}").Geometry.RotaryDimension;

    private static string LongRope(string shortFactors, string longFactors) =>
        "{" + Head + ", \"rope_theta\": 1e4, \"original_max_position_embeddings\": 16, \"rope_scaling\": {\"type\": \"longrope\", "
        + $"\"short_factor\": {shortFactors}, \"long_factor\": {longFactors}}}}}";

    private static RopeConfig Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return RopeConfigReader.Read(document.RootElement, "config.json");
    }

    private static JsonElement RealConfig(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(SharedData.Path("data", "configs", name)));
        return document.RootElement.Clone();
    }
}
