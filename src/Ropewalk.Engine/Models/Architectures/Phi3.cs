using System.Text.Json;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "phi3" (2404.14219; Phi-3, 3.5 and 4): llama with queries, keys and values in one projection, gate and up
/// projection in another, and a sliding window in every layer where the config gives one.</summary>
internal sealed class Phi3 : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "phi3";

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
    public override DecoderSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        return new DecoderSpec
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
}
