using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Formats.HuggingFace;

public class RopeConfigWriterTests
{
    private static readonly RopeGeometry Geometry = new(8, 500000, 16);

    public static TheoryData<RopeConfigStyle, RopeConfigEra, double> StylesAndEras()
    {
        var data = new TheoryData<RopeConfigStyle, RopeConfigEra, double>();
        foreach (var style in Enum.GetValues<RopeConfigStyle>())
        {
            foreach (var era in Enum.GetValues<RopeConfigEra>())
            {
                data.Add(style, era, AttentionFactors.Su(4, 16));
                data.Add(style, era, 1);
                data.Add(style, era, 1.0 / 3);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(StylesAndEras))]
    public void What_is_written_is_read_back_to_the_last_bit(RopeConfigStyle style, RopeConfigEra era, double attention)
    {
        var scaling = new LongRopeScaling(
            Geometry, [new(16, [0.998, 1.01, 1.1, 1.0 / 0.7], attention), new(64, [1, 1.3, Math.PI, 4.000000000000001], attention)]);
        JsonObject[] configs =
        [
            Config(),
            Config(("rope_scaling", "{\"type\": \"yarn\", \"factor\": 4, \"original_max_position_embeddings\": 16}")),
            Config(("partial_rotary_factor", "0.5"), ("head_dim", "16")),
            Config(("rope_theta", "null"), ("head_dim", "16"), ("rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 1e4, \"partial_rotary_factor\": 0.5}")),
        ];
        foreach (var config in configs)
        {
            RopeConfigWriter.WriteLongRope(config, scaling, 64, style);
            var read = Read(config, era);
            Assert.All((long[])[0, 1, 16, 17, 64, 65], n => Assert.Equal(scaling.At(n), read.Scaling.At(n)));
            Assert.Equal(Geometry, read.Geometry);
            Assert.Equal(64, read.MaximumContext);
            Assert.Empty(read.Notes);
            Assert.Equal("kept", config["other"]!.GetValue<string>());
        }
    }

    [Fact]
    public void The_old_style_has_the_old_keys()
    {
        var config = Config(("rope_parameters", "{\"rope_type\": \"default\", \"rope_theta\": 1e4}"));
        RopeConfigWriter.WriteLongRope(config, Two(AttentionFactors.Su(4, 16)), 64, RopeConfigStyle.V4);
        Assert.False(config.ContainsKey("rope_parameters"));
        Assert.Equal(500000, config["rope_theta"]!.GetValue<double>());
        Assert.Equal(16, config["original_max_position_embeddings"]!.GetValue<int>());
        Assert.Equal(64, config["max_position_embeddings"]!.GetValue<int>());
        var rope = config["rope_scaling"]!.AsObject();
        Assert.Equal(
            ["attention_factor", "long_factor", "original_max_position_embeddings", "rope_type", "short_factor", "type"], rope.Select(p => p.Key).Order());
        Assert.Equal("longrope", rope["type"]!.GetValue<string>());
    }

    [Fact]
    public void The_new_style_has_only_the_new_keys()
    {
        var config = Config();
        RopeConfigWriter.WriteLongRope(config, Two(AttentionFactors.Su(4, 16)), 64, RopeConfigStyle.V5);
        Assert.False(config.ContainsKey("rope_scaling"));
        Assert.False(config.ContainsKey("rope_theta"));
        var rope = config["rope_parameters"]!.AsObject();
        Assert.Equal(
            ["attention_factor", "long_factor", "original_max_position_embeddings", "rope_theta", "rope_type", "short_factor"], rope.Select(p => p.Key).Order());
    }

    [Fact]
    public void Layer_types_are_kept_in_the_new_style_and_refused_in_the_old()
    {
        const string nested = "{\"full_attention\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}, \"sliding_attention\": {\"rope_type\": \"default\", \"rope_theta\": 1e4}}";
        var scaling = Two(1.1);
        var config = Config(("rope_parameters", nested));
        RopeConfigWriter.WriteLongRope(config, scaling, 64, RopeConfigStyle.V5);
        Assert.Equal(["full_attention", "sliding_attention"], config["rope_parameters"]!.AsObject().Select(p => p.Key));
        Assert.Equal(scaling.At(64), Read(config, RopeConfigEra.V5).Scaling.At(64));
        Refused("per layer type", scaling, 64, RopeConfigStyle.V4, Config(("rope_parameters", nested)));
    }

    [Fact]
    public void An_attention_factor_that_others_would_compute_otherwise_is_reported()
    {
        Assert.Empty(RopeConfigWriter.WriteLongRope(Config(), Two(AttentionFactors.Su(4, 16)), 64, RopeConfigStyle.V4));
        var config = Config();
        Assert.Contains("attention factor 1.5", Assert.Single(RopeConfigWriter.WriteLongRope(config, Two(1.5), 64, RopeConfigStyle.V4)), StringComparison.Ordinal);
        Assert.Equal(1.5, config["rope_scaling"]!["long_mscale"]!.GetValue<double>());
    }

    [Fact]
    public void One_entry_is_both_lists()
    {
        var config = Config();
        var scaling = new LongRopeScaling(Geometry, [new(64, [1, 2, 3, 4], 1.1)]);
        RopeConfigWriter.WriteLongRope(config, scaling, 64, RopeConfigStyle.V5);
        var read = Read(config, RopeConfigEra.V5);
        Assert.All((long[])[1, 16, 17, 64], n => Assert.Equal(scaling.At(n), read.Scaling.At(n)));
    }

    /// <summary>GPTNeoXConfig of Transformers 4.x: rotary_emb_base (10000 where absent) and rotary_pct (0.25) are all that it takes.</summary>
    [Fact]
    public void The_old_style_has_gpt_neox_s_own_names()
    {
        var config = Config(("model_type", "\"gpt_neox\""), ("rope_theta", "null"), ("head_dim", "16"), ("rope_parameters", "{\"rope_theta\": 1e4, \"partial_rotary_factor\": 0.5}"));
        RopeConfigWriter.Write(config, new BaseScaling(Geometry, 750000), 64, RopeConfigStyle.V4);
        Assert.Equal((750000, 0.5), (config["rotary_emb_base"]!.GetValue<double>(), config["rotary_pct"]!.GetValue<double>()));
        Assert.Equal(750000, Read(config, RopeConfigEra.V457).Geometry.Base);
        RopeConfigWriter.Write(config, new BaseScaling(Geometry, 800000), 64, RopeConfigStyle.V5);
        Assert.False(config.ContainsKey("rotary_emb_base"));
        Assert.Equal(800000, Read(config, RopeConfigEra.V5).Geometry.Base);
    }

    /// <summary>Phi3Config of Transformers 4.x raises unless rope_scaling has three keys; 5.x takes default and longrope.</summary>
    [Theory]
    [InlineData(RopeConfigStyle.V4, 1)]
    [InlineData(RopeConfigStyle.V5, 1)]
    [InlineData(RopeConfigStyle.V5, 1.5)]
    public void Phi3_has_the_keys_that_its_class_takes(RopeConfigStyle style, double more)
    {
        var config = Phi3();
        var scaling = Two(more * AttentionFactors.Su(4, 16));
        RopeConfigWriter.Write(config, scaling, 64, style);
        if (style == RopeConfigStyle.V4)
        {
            Assert.Equal(["long_factor", "short_factor", "type"], config["rope_scaling"]!.AsObject().Select(p => p.Key).Order());
            Assert.Equal("longrope", config["rope_scaling"]!["type"]!.GetValue<string>());
        }

        Assert.Equal(16, config["original_max_position_embeddings"]!.GetValue<int>());
        foreach (var era in Enum.GetValues<RopeConfigEra>())
        {
            Assert.All((long[])[1, 16, 17, 64], n => Assert.Equal(scaling.At(n), Read(config, era).Scaling.At(n)));
        }
    }

    [Fact]
    public void What_phi3_s_class_does_not_take_is_refused_unless_nobody_else_reads_it()
    {
        foreach (var style in Enum.GetValues<RopeConfigStyle>())
        {
            foreach (var scaling in new RopeScaling[] { new YarnScaling(Geometry, 4), new LinearScaling(Geometry, 4), new DynamicNtkScaling(Geometry, 4), new Llama3Scaling(Geometry, 4) })
            {
                var config = Phi3();
                var before = config.ToJsonString();
                Assert.Contains("longrope alone", Assert.Throws<UserInputException>(() => RopeConfigWriter.Write(config, scaling, 64, style)).Message, StringComparison.Ordinal);
                Assert.Equal(before, config.ToJsonString());
                RopeConfigWriter.Write(config, scaling, 64, style, forTransformers: false);
                Assert.Equal(scaling.At(64), Read(config, RopeConfigEra.V5).Scaling.At(64));
            }

            var plain = Phi3();
            RopeConfigWriter.Write(plain, new BaseScaling(Geometry, 750000), 64, style);
            Assert.Equal(750000, Read(plain, RopeConfigEra.V5).Geometry.Base);
        }

        Refused("style V5", Two(1.5), 64, RopeConfigStyle.V4, Phi3());
        var own = Phi3();
        RopeConfigWriter.Write(own, Two(1.5), 64, RopeConfigStyle.V4, forTransformers: false);
        Assert.Equal(1.5, Read(own, RopeConfigEra.V5).Scaling.At(64).AttentionFactor);
    }

    [Fact]
    public void What_a_config_cannot_express_is_refused_and_the_config_untouched()
    {
        LongRopeEntry Entry(int length, double attention = 1, int start = 0) => new(length, [1, 1, 1, 1], attention, start);
        Refused("start tokens", new(Geometry, [Entry(64, 1, 4)]));
        Refused("3 factor sets", new(Geometry, [Entry(16), Entry(32), Entry(64)]));
        Refused("attention factors 1 and 1.1", new(Geometry, [Entry(16), Entry(64, 1.1)]));
        Refused("a short set for up to 32 tokens", new(Geometry, [Entry(32), Entry(64)]));
        Refused("target context: found 8", new(Geometry, [Entry(64)]), 8);
        Refused("factors for 8 rotated entries, expected 16", new(Geometry, [Entry(64)]), 64, RopeConfigStyle.V4, Config(("head_dim", "16")));
    }

    private static LongRopeScaling Two(double attention) => new(Geometry, [new(16, [1, 1, 1, 1], attention), new(64, [1, 2, 3, 4], attention)]);

    private static void Refused(string message, LongRopeScaling scaling, int target = 64, RopeConfigStyle style = RopeConfigStyle.V4, JsonObject? config = null)
    {
        config ??= Config();
        var before = config.ToJsonString();
        var error = Assert.Throws<UserInputException>(() => RopeConfigWriter.WriteLongRope(config, scaling, target, style));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, config.ToJsonString());
    }

    private static JsonObject Phi3() => Config(("model_type", "\"phi3\""), ("original_max_position_embeddings", "16"));

    private static JsonObject Config(params (string Key, string Value)[] changes)
    {
        var config = JsonNode.Parse("{\"head_dim\": 8, \"max_position_embeddings\": 16, \"rope_theta\": 10000, \"other\": \"kept\"}")!.AsObject();
        foreach (var (key, value) in changes)
        {
            config[key] = JsonNode.Parse(value);
        }

        return config;
    }

    private static RopeConfig Read(JsonObject config, RopeConfigEra era)
    {
        using var document = JsonDocument.Parse(config.ToJsonString());
        return RopeConfigReader.Read(document.RootElement, "config.json", era);
    }
}
