using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "llama" (2302.13971 and successors): RMSNorm before each block, rotary grouped-query attention in the half
/// layout, gated SiLU, tied or separate head, biases when the config asks for them.</summary>
internal sealed class Llama : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "llama";

    /// <inheritdoc />
    public override string HuggingFaceClass => "LlamaForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("llama") { ReadsRopeFreqs = true, ReadsRopeFactors = true, TakesAnyHeadWidth = true, ReadsOutputBias = true };

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = LlamaNames;

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        var bias = fields.Flag("attention_bias");
        return new NetworkSpec
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

    /// <inheritdoc />
    public override int[]? GgufRowOrder(TensorRole role, ModelShape shape) => LlamaRowOrder(role, shape);

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        reader.Config["hidden_act"] = "silu";
        reader.Config["attention_bias"] = reader.HasTensor(GgufNames.Of(TensorRole.Query, 0, ".bias"));
        reader.Config["mlp_bias"] = reader.HasTensor(GgufNames.Of(TensorRole.Up, 0, ".bias"));
    }
}
