using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "phi3" (2404.14219; Phi-3, 3.5 and 4): llama with queries, keys and values in one projection, gate and up
/// projection in another, and a sliding window in every layer where the config gives one.</summary>
internal sealed class Phi3 : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "phi3";

    /// <inheritdoc />
    public override string HuggingFaceClass => "Phi3ForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("phi3") { ReadsRopeFactors = true, TurnsPartOfHead = true };

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>
    {
        [TensorRole.Embedding] = "model.embed_tokens",
        [TensorRole.FinalNorm] = "model.norm",
        [TensorRole.Head] = "lm_head",
        [TensorRole.AttentionNorm] = "model.layers.{0}.input_layernorm",
        [TensorRole.FeedForwardNorm] = "model.layers.{0}.post_attention_layernorm",
        [TensorRole.QueryKeyValue] = "model.layers.{0}.self_attn.qkv_proj",
        [TensorRole.AttentionOutput] = "model.layers.{0}.self_attn.o_proj",
        [TensorRole.GateUp] = "model.layers.{0}.mlp.gate_up_proj",
        [TensorRole.Down] = "model.layers.{0}.mlp.down_proj",
    };

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        return new NetworkSpec
        {
            Shape = fields.Shape,
            Rope = fields.Rope(),
            Epsilon = fields.Epsilon("rms_norm_eps", 1e-5),
            Activation = fields.ActivationOf("hidden_act", "silu", Activation.Silu),
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = fields.Windows(_ => true),
        };
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        // llama.cpp writes and ignores attention.sliding_window for this architecture: 0, or the config's own.
        reader.Config["hidden_act"] = "silu";
        if (reader.Metadata.OptionalInt(reader.Key("attention.sliding_window"), 0, int.MaxValue) is > 0 and var window)
        {
            reader.Config["sliding_window"] = window;
        }

        ShortenLongRope(reader.Config);
    }

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer) => writer.Set("attention.sliding_window", (uint)writer.Spec.Windows.Max());

    /// <summary>Where the file's attention factor is the one that follows from the two lengths, to the last digits of float32, the three keys say all
    /// that Transformers 4.x lets stand there for this class.</summary>
    private static void ShortenLongRope(JsonObject config)
    {
        if (config["rope_scaling"] is not JsonObject keys || (string?)keys["rope_type"] != "longrope")
        {
            return;
        }

        var original = (int)keys["original_max_position_embeddings"]!;
        var scale = (double)(int)config["max_position_embeddings"]! / original;
        if (original > 1 && Math.Abs(((double)keys["attention_factor"]! / AttentionFactors.Su(scale, original)) - 1) < 1e-6)
        {
            config["rope_scaling"] = Phi3RopeKeys.Three(keys);
            config["original_max_position_embeddings"] = original;
        }
    }
}
