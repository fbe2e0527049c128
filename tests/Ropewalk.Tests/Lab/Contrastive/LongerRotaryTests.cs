using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Lab.Contrastive;

public sealed class LongerRotaryTests
{
    private const string Nomic = """
        {"model_type":"nomic_bert","n_embd":24,"n_inner":48,"n_layer":1,"n_head":2,"vocab_size":64,"n_positions":128,"max_trained_positions":32,"type_vocab_size":2,
         "layer_norm_epsilon":1e-12,"rotary_emb_base":10000,"rotary_scaling_factor":4.0,"rotary_emb_fraction":1.0,"activation_function":"swiglu","qkv_proj_bias":false}
        """;

    /// <summary>The published code adds dynamic NTK wherever rotary_scaling_factor is set, so a base cannot stand beside it.</summary>
    [Theory]
    [InlineData("ntk:4")]
    [InlineData("base:50000")]
    public void A_new_base_takes_the_place_of_dynamic_ntk(string spec)
    {
        using var before = Load(Nomic);
        Assert.IsType<DynamicNtkScaling>(before.Rope.Scaling);
        var config = JsonNode.Parse(Nomic)!.AsObject();
        LongerRotary.Write(config, "config.json", RopeScalingRegistry.Parse(spec, before.Rope.Geometry, _ => throw new NotSupportedException()), 256);
        Assert.True(config.ContainsKey("rotary_scaling_factor"));
        Assert.Null(config["rotary_scaling_factor"]);
        using var after = Load(config.ToJsonString());
        Assert.IsType<NoScaling>(after.Rope.Scaling);
        Assert.Equal(spec == "ntk:4" ? 10000 * Math.Pow(4, 12.0 / 10) : 50000, after.Rope.Geometry.Base, 1e-6);
        Assert.Equal((32, 256), (after.Rope.Geometry.OriginalContext, after.Rope.MaximumContext));
    }

    private static TrainableModel Load(string config) => TrainableModel.CreateEncoder(JsonElement.Parse(config), "config.json");
}
