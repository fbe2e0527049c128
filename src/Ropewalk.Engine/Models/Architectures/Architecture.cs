using System.Text.Json;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>One model_type: what its config.json says of the network, what its tensors are called, and how GGUF differs.
/// A new architecture is one file, and one entry in <see cref="All"/>.</summary>
internal abstract class Architecture
{
    /// <summary>Every architecture. Of two with one GGUF name the first is what a file of that name is read as.</summary>
    public static Architecture[] All { get; } =
        [new Llama(), new Mistral(), new Qwen2(), new Qwen3(), new Phi3(), new GptNeoX(), new Gemma3Text()];

    /// <summary>Every architecture whose tokens see the whole text; it has no logits, only hidden rows.</summary>
    public static Architecture[] Encoders { get; } = [new Bert(), new XlmRoberta(), new NomicBert(), new ModernBert()];

    /// <summary>The config's model_type.</summary>
    public abstract string ModelType { get; }

    /// <summary>Transformers' class, for the config's "architectures".</summary>
    public abstract string HuggingFaceClass { get; }

    /// <summary>What llama.cpp reads.</summary>
    public abstract LlamaCppGraph Graph { get; }

    /// <summary>LayerNorm with biases instead of RMSNorm.</summary>
    public virtual bool UsesLayerNorm => false;

    /// <summary>Names of the roles that it has, without ".weight" and ".bias"; {0} is the layer.</summary>
    public abstract IReadOnlyDictionary<TensorRole, string> Names { get; }

    /// <summary>Names of the llama family, which many architectures share.</summary>
    protected static Dictionary<TensorRole, string> LlamaNames => new()
    {
        [TensorRole.Embedding] = "model.embed_tokens",
        [TensorRole.FinalNorm] = "model.norm",
        [TensorRole.Head] = "lm_head",
        [TensorRole.AttentionNorm] = "model.layers.{0}.input_layernorm",
        [TensorRole.FeedForwardNorm] = "model.layers.{0}.post_attention_layernorm",
        [TensorRole.Query] = "model.layers.{0}.self_attn.q_proj",
        [TensorRole.Key] = "model.layers.{0}.self_attn.k_proj",
        [TensorRole.Value] = "model.layers.{0}.self_attn.v_proj",
        [TensorRole.AttentionOutput] = "model.layers.{0}.self_attn.o_proj",
        [TensorRole.Gate] = "model.layers.{0}.mlp.gate_proj",
        [TensorRole.Up] = "model.layers.{0}.mlp.up_proj",
        [TensorRole.Down] = "model.layers.{0}.mlp.down_proj",
    };

    /// <summary>Reads the network.</summary>
    /// <param name="config">The root object of config.json.</param>
    /// <param name="file">For errors.</param>
    public abstract NetworkSpec Read(JsonElement config, string file);

    /// <summary>Row of <see cref="TensorRole.QueryKeyValue"/> that holds a row of the query, key or value projection: one after the other
    /// unless an architecture says otherwise.</summary>
    public virtual int FusedRow(ModelShape shape, TensorRole part, int row) => row + (part switch
    {
        TensorRole.Query => 0,
        TensorRole.Key => shape.NumHeads * shape.HeadWidth,
        _ => (shape.NumHeads + shape.NumKeyValueHeads) * shape.HeadWidth,
    });

    /// <summary>For each row of a tensor in GGUF, which of Hugging Face's rows it is; null when they are the same.</summary>
    public virtual int[]? GgufRowOrder(TensorRole role, ModelShape shape) => null;

    /// <summary>Writes the keys that only this architecture has, and refuses what llama.cpp's graph takes for granted otherwise.</summary>
    public virtual void ToGguf(GgufConfigWriter writer)
    {
    }

    /// <summary>Reads those keys back into the config.</summary>
    public virtual void FromGguf(GgufConfigReader reader)
    {
    }

    /// <summary>llama.cpp's order for the llama family: queries and keys in turns of their heads' halves.</summary>
    protected static int[]? LlamaRowOrder(TensorRole role, ModelShape shape) => role switch
    {
        TensorRole.Query => InterleavedHalves(shape.NumHeads, shape.HeadWidth),
        TensorRole.Key => InterleavedHalves(shape.NumKeyValueHeads, shape.HeadWidth),
        _ => null,
    };

    /// <summary>Rows of each head's first and second half in turns (pair i is then entries 2i and 2i + 1), as llama.cpp wants them for
    /// that family.</summary>
    private static int[] InterleavedHalves(int numHeads, int headWidth) =>
        [.. Enumerable.Range(0, numHeads * headWidth).Select(row => (row / headWidth * headWidth) + (row % headWidth / 2) + (row % 2 * (headWidth / 2)))];

    /// <summary>The full name of a tensor.</summary>
    public string NameOf(TensorRole role, int layer, string suffix = ".weight") =>
        Names[role].Replace("{0}", layer.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) + suffix;
}
