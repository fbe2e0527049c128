using System.Text.Json;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "llama" (2302.13971 and successors): RMSNorm before each block, rotary grouped-query attention in the half
/// layout, gated SiLU, tied or separate head, biases when the config asks for them.</summary>
internal sealed class Llama : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "llama";

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = LlamaNames;

    /// <inheritdoc />
    public override DecoderSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        var bias = fields.Flag("attention_bias");
        return new DecoderSpec
        {
            Shape = fields.Shape,
            Rope = fields.Rope(),
            Epsilon = fields.Epsilon("rms_norm_eps", 1e-6),
            Activation = fields.ActivationOf("hidden_act", "silu", Activation.Silu),
            QueryKeyValueBias = bias,
            OutputBias = bias,
            FeedForwardBias = fields.Flag("mlp_bias"),
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = new int[fields.Shape.NumLayers],
        };
    }
}
