using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "gemma3_text" (2503.19786): norms before and after each block whose stored scale is the distance from 1, an RMSNorm
/// of each query and key head, embeddings scaled by sqrt(D), gated GELU; five layers with a window and a base of their own, then one with
/// full attention. The encoding that is extended is that of the full layers.</summary>
internal sealed class Gemma3Text : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "gemma3_text";

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>(LlamaNames)
    {
        [TensorRole.QueryNorm] = "model.layers.{0}.self_attn.q_norm",
        [TensorRole.KeyNorm] = "model.layers.{0}.self_attn.k_norm",
        [TensorRole.AttentionPostNorm] = "model.layers.{0}.post_attention_layernorm",
        [TensorRole.FeedForwardNorm] = "model.layers.{0}.pre_feedforward_layernorm",
        [TensorRole.FeedForwardPostNorm] = "model.layers.{0}.post_feedforward_layernorm",
    };

    /// <inheritdoc />
    public override DecoderSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file, defaultHeadWidth: 256);
        foreach (var key in (string[])["attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention"])
        {
            if (fields.Fields.Has(key) && config.GetProperty(key).ValueKind != JsonValueKind.False)
            {
                throw new UnsupportedCheckpointException(file, key, config.GetProperty(key).GetRawText(), "null, as Gemma 3 has it");
            }
        }

        var pattern = fields.Fields.OptionalInt("sliding_window_pattern", 1, 4096) ?? fields.Fields.OptionalInt("_sliding_window_pattern", 1, 4096) ?? 6;
        var bias = fields.Flag("attention_bias");
        return new DecoderSpec
        {
            Shape = fields.Shape,
            Rope = fields.Rope(RopeLayerTypes.Full),
            LocalRope = fields.Rope(RopeLayerTypes.Sliding),
            Epsilon = fields.Epsilon("rms_norm_eps", 1e-6),
            NormOffset = 1,
            Activation = fields.ActivationOf("hidden_activation", "gelu_pytorch_tanh", Activation.GeluTanh),
            QueryKeyValueBias = bias,
            OutputBias = bias,
            TieEmbedding = fields.TieEmbedding(byDefault: true),
            EmbeddingScale = MathF.Sqrt(fields.Shape.HiddenWidth),
            AttentionScale = 1 / MathF.Sqrt(fields.Fields.OptionalInt("query_pre_attn_scalar", 1, 1 << 20) ?? 256),
            Windows = fields.Windows(layer => (layer + 1) % pattern != 0),
        };
    }
}
