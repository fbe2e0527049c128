using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "gemma3_text" (2503.19786): norms before and after each block whose stored scale is the distance from 1, an RMSNorm
/// of each query and key head, embeddings scaled by sqrt(D), gated GELU; five layers with a window and a base of their own, then one with
/// full attention. The encoding that is extended is that of the full layers.</summary>
internal sealed class Gemma3Text : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "gemma3_text";

    /// <inheritdoc />
    public override string HuggingFaceClass => "Gemma3ForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("gemma3") { TakesAnyHeadWidth = true, ReadsWindow = true };

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
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        foreach (var key in (string[])["attn_logit_softcapping", "final_logit_softcapping", "use_bidirectional_attention"])
        {
            if (fields.Fields.Has(key) && config.GetProperty(key).ValueKind != JsonValueKind.False)
            {
                throw new UnsupportedCheckpointException(file, key, config.GetProperty(key).GetRawText(), "null, as Gemma 3 has it");
            }
        }

        var pattern = fields.Fields.OptionalInt("sliding_window_pattern", 1, 4096) ?? fields.Fields.OptionalInt("_sliding_window_pattern", 1, 4096) ?? 6;
        var bias = fields.Flag("attention_bias");
        return new NetworkSpec
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

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer)
    {
        var spec = writer.Spec;
        if (Math.Abs((spec.AttentionScale * MathF.Sqrt(ScaleWidth(spec.Shape))) - 1) > 1e-6f)
        {
            throw writer.Refusal("query_pre_attn_scalar", $"{1 / (spec.AttentionScale * spec.AttentionScale):G6}", $"{ScaleWidth(spec.Shape)}, which its gemma3 graph takes for granted in a model of this size");
        }

        var window = spec.Windows.Max();
        writer.Set("attention.sliding_window", (uint)window);
        if (window > 0)
        {
            // One flag a layer: the pattern that llama.cpp assumes otherwise is every sixth layer full.
            writer.Set("attention.sliding_window_pattern", spec.Windows.Select(w => w > 0).ToArray());
        }
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        var config = reader.Config;
        var metadata = reader.Metadata;
        var numLayers = config["num_hidden_layers"]!.GetValue<int>();
        var shape = new ModelShape(numLayers, config["hidden_size"]!.GetValue<int>(), config["num_attention_heads"]!.GetValue<int>(), 1, reader.HeadWidth, 1, 1);
        config["hidden_activation"] = "gelu_pytorch_tanh";
        config["query_pre_attn_scalar"] = ScaleWidth(shape);
        config["rope_local_base_freq"] = GgufConfigReader.Shortest(metadata.OptionalNumber(reader.Key("rope.freq_base_swa"), float.Epsilon, float.MaxValue) ?? 10000);
        if (metadata.OptionalNumber(reader.Key("final_logit_softcapping")) is not (null or 0))
        {
            throw new UnsupportedCheckpointException(metadata.File, reader.Key("final_logit_softcapping"), "a cap on the logits", "0, as Gemma 3 has it");
        }

        if (metadata.OptionalInt(reader.Key("attention.sliding_window"), 0, int.MaxValue) is not (> 0 and var window))
        {
            config["layer_types"] = LayerTypes(numLayers, _ => false);
            return;
        }

        config["sliding_window"] = window;
        var key = reader.Key("attention.sliding_window_pattern");
        if (metadata.TryGet(key, out var flags) && flags is bool[] list)
        {
            config["layer_types"] = LayerTypes(numLayers, layer => list.Length == numLayers ? list[layer] : metadata.Wrong<bool>(key, $"{numLayers} flags"));
        }
        else
        {
            var period = metadata.OptionalInt(key, 1, 4096) ?? 6;
            config["layer_types"] = LayerTypes(numLayers, layer => (layer + 1) % period != 0);
        }
    }

    private static JsonArray LayerTypes(int numLayers, Func<int, bool> isWindowed) =>
        new([.. Enumerable.Range(0, numLayers).Select(layer => (JsonNode)(isWindowed(layer) ? RopeLayerTypes.Sliding : RopeLayerTypes.Full))]);

    /// <summary>The width whose root llama.cpp divides the scores by: 27B, known by its layers, has one of its own.</summary>
    private static int ScaleWidth(ModelShape shape) => shape.NumLayers == 62 ? shape.HiddenWidth / shape.NumHeads : shape.HeadWidth;
}
