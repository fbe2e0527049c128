using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "gpt_neox" (2204.06745; Pythia): LayerNorm, biases everywhere, an ungated network, rotation of a part of each head,
/// and attention beside the network rather than before it where use_parallel_residual says so. Queries, keys and values are one projection
/// in which each head's three parts follow each other.</summary>
internal sealed class GptNeoX : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "gpt_neox";

    /// <inheritdoc />
    public override string HuggingFaceClass => "GPTNeoXForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("gptneox") { TurnsPartOfHead = true, ReadsOutputBias = true, TiesHead = false };

    /// <inheritdoc />
    public override bool UsesLayerNorm => true;

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>
    {
        [TensorRole.Embedding] = "gpt_neox.embed_in",
        [TensorRole.FinalNorm] = "gpt_neox.final_layer_norm",
        [TensorRole.Head] = "embed_out",
        [TensorRole.AttentionNorm] = "gpt_neox.layers.{0}.input_layernorm",
        [TensorRole.FeedForwardNorm] = "gpt_neox.layers.{0}.post_attention_layernorm",
        [TensorRole.QueryKeyValue] = "gpt_neox.layers.{0}.attention.query_key_value",
        [TensorRole.AttentionOutput] = "gpt_neox.layers.{0}.attention.dense",
        [TensorRole.Up] = "gpt_neox.layers.{0}.mlp.dense_h_to_4h",
        [TensorRole.Down] = "gpt_neox.layers.{0}.mlp.dense_4h_to_h",
    };

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        var bias = fields.Flag("attention_bias", byDefault: true);
        return new NetworkSpec
        {
            Shape = fields.Shape with { NumKeyValueHeads = fields.Shape.NumHeads },
            Rope = fields.Rope(),
            Epsilon = fields.Epsilon("layer_norm_eps", 1e-5),
            UsesLayerNorm = UsesLayerNorm,
            Activation = fields.ActivationOf("hidden_act", "gelu", Activation.Gelu, Activation.GeluTanh),
            IsGated = false,
            IsParallel = fields.Flag("use_parallel_residual", byDefault: true),
            QueryKeyValueBias = bias,
            OutputBias = bias,
            FeedForwardBias = true,
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = new int[fields.Shape.NumLayers],
        };
    }

    /// <inheritdoc />
    public override int FusedRow(ModelShape shape, TensorRole part, int row)
    {
        var head = row / shape.HeadWidth;
        var third = part switch
        {
            TensorRole.Query => 0,
            TensorRole.Key => 1,
            _ => 2,
        };
        return (((3 * head) + third) * shape.HeadWidth) + (row % shape.HeadWidth);
    }

    /// <inheritdoc />
    public override int[]? GgufRowOrder(TensorRole role, ModelShape shape)
    {
        var width = shape.NumHeads * shape.HeadWidth;
        return role != TensorRole.QueryKeyValue
            ? null
            : [.. ((TensorRole[])[TensorRole.Query, TensorRole.Key, TensorRole.Value]).SelectMany(part => Enumerable.Range(0, width).Select(row => FusedRow(shape, part, row)))];
    }

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer)
    {
        if (!writer.Spec.OutputBias)
        {
            throw writer.Refusal("attention_bias", "false", "true, as its gptneox graph has it");
        }

        writer.Set("use_parallel_residual", writer.Spec.IsParallel);
        writer.Notes.Add(writer.Spec.Activation == Activation.Gelu
            ? "llama.cpp computes gelu by its approximation with a hyperbolic tangent, this model by the error function: activations differ by up to 0.0005"
            : "a GGUF file does not say that gelu is computed by its approximation: llama.cpp does so always, Ropewalk reads the file back with the error function");
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        var key = reader.Key("use_parallel_residual");
        reader.Config["use_parallel_residual"] = reader.Metadata.OptionalBool(key) ?? reader.Metadata.Missing<bool>(key, "true or false");
        reader.Config["attention_bias"] = true;

        // By these names alone Transformers 4.x takes them, and has defaults where they are absent.
        reader.Config["rotary_emb_base"] = reader.Config["rope_theta"]!.DeepClone();
        reader.Config["rotary_pct"] = reader.Config["partial_rotary_factor"]?.DeepClone() ?? 1.0;

        // The file does not say which of the two the model was trained with; GPT-NeoX's own is the one by the error function.
        reader.Config["hidden_act"] = "gelu";
    }
}
