using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "qwen3" (2505.09388): llama with an RMSNorm of each query and key head before it is turned, and heads whose
/// width is given (128 where it is not).</summary>
internal sealed class Qwen3 : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "qwen3";

    /// <inheritdoc />
    public override string HuggingFaceClass => "Qwen3ForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("qwen3") { TakesAnyHeadWidth = true };

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>(LlamaNames)
    {
        [TensorRole.QueryNorm] = "model.layers.{0}.self_attn.q_norm",
        [TensorRole.KeyNorm] = "model.layers.{0}.self_attn.k_norm",
    };

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
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = fields.OptInWindows(),
        };
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader) => reader.Config["hidden_act"] = "silu";
}
