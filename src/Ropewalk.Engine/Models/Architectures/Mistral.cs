using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "mistral" (2310.06825): llama with a sliding window in every layer, where the config gives one.</summary>
internal sealed class Mistral : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "mistral";

    /// <inheritdoc />
    public override string HuggingFaceClass => "MistralForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("llama") { ReadsRopeFreqs = true, ReadsRopeFactors = true, TakesAnyHeadWidth = true, ReadsOutputBias = true };

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = LlamaNames;

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        return new NetworkSpec
        {
            Shape = fields.Shape,
            Rope = fields.Rope(),
            Epsilon = fields.Epsilon("rms_norm_eps", 1e-6),
            Activation = fields.ActivationOf("hidden_act", "silu", Activation.Silu),
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = fields.Windows(_ => true),
        };
    }

    /// <inheritdoc />
    public override int[]? GgufRowOrder(TensorRole role, ModelShape shape) => LlamaRowOrder(role, shape);
}
