using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "qwen2" (2407.10671): llama with biases on queries, keys and values; with use_sliding_window the layers from
/// max_window_layers on have a window.</summary>
internal sealed class Qwen2 : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "qwen2";

    /// <inheritdoc />
    public override string HuggingFaceClass => "Qwen2ForCausalLM";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("qwen2");

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
            QueryKeyValueBias = true,
            TieEmbedding = fields.TieEmbedding(),
            AttentionScale = fields.AttentionScale,
            Windows = fields.OptInWindows(),
        };
    }

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader) => reader.Config["hidden_act"] = "silu";
}
