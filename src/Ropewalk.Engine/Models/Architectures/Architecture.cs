using System.Text.Json;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>One model_type: what its config.json says of the network, and what its tensors are called.</summary>
internal abstract class Architecture
{
    /// <summary>The config's model_type.</summary>
    public abstract string ModelType { get; }

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
    public abstract DecoderSpec Read(JsonElement config, string file);

    /// <summary>Row of <see cref="TensorRole.QueryKeyValue"/> that holds a row of the query, key or value projection: one after the other
    /// unless an architecture says otherwise.</summary>
    public virtual int FusedRow(ModelShape shape, TensorRole part, int row) => row + (part switch
    {
        TensorRole.Query => 0,
        TensorRole.Key => shape.NumHeads * shape.HeadWidth,
        _ => (shape.NumHeads + shape.NumKeyValueHeads) * shape.HeadWidth,
    });

    /// <summary>The full name of a tensor.</summary>
    public string NameOf(TensorRole role, int layer, string suffix = ".weight") =>
        Names[role].Replace("{0}", layer.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) + suffix;
}
