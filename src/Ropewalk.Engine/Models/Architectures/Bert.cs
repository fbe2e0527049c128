using System.Text.Json;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "bert" (1810.04805; E5, BGE, GTE, MiniLM): learned positions and token types added to the embedded tokens, LayerNorm
/// after each residual sum, an ungated network with GELU, biases everywhere.</summary>
internal class Bert : Architecture
{
    /// <inheritdoc />
    public override string ModelType => "bert";

    /// <inheritdoc />
    public override string HuggingFaceClass => "BertModel";

    /// <inheritdoc />
    public override LlamaCppGraph Graph { get; } = new("bert") { ReadsOutputBias = true };

    /// <inheritdoc />
    public override bool UsesLayerNorm => true;

    /// <inheritdoc />
    public override IReadOnlyDictionary<TensorRole, string> Names { get; } = new Dictionary<TensorRole, string>
    {
        [TensorRole.Embedding] = "embeddings.word_embeddings",
        [TensorRole.PositionEmbedding] = "embeddings.position_embeddings",
        [TensorRole.TokenTypeEmbedding] = "embeddings.token_type_embeddings",
        [TensorRole.EmbeddingNorm] = "embeddings.LayerNorm",
        [TensorRole.Query] = "encoder.layer.{0}.attention.self.query",
        [TensorRole.Key] = "encoder.layer.{0}.attention.self.key",
        [TensorRole.Value] = "encoder.layer.{0}.attention.self.value",
        [TensorRole.AttentionOutput] = "encoder.layer.{0}.attention.output.dense",
        [TensorRole.AttentionSumNorm] = "encoder.layer.{0}.attention.output.LayerNorm",
        [TensorRole.Up] = "encoder.layer.{0}.intermediate.dense",
        [TensorRole.Down] = "encoder.layer.{0}.output.dense",
        [TensorRole.FeedForwardSumNorm] = "encoder.layer.{0}.output.LayerNorm",
    };

    /// <inheritdoc />
    public override NetworkSpec Read(JsonElement config, string file)
    {
        var fields = new DecoderFields(config, file);
        var rows = fields.Fields.RequiredInt("max_position_embeddings", 1, 1 << 24);
        var first = FirstPosition(fields);
        EncoderFields.RequirePlain(config, file);
        return new NetworkSpec
        {
            Shape = fields.Shape,
            Rope = EncoderFields.NoRotation(rows - first),
            Epsilon = fields.Epsilon("layer_norm_eps", 1e-12),
            UsesLayerNorm = true,
            Activation = fields.ActivationOf("hidden_act", "gelu", Activation.Gelu, Activation.GeluTanh),
            IsGated = false,
            QueryKeyValueBias = true,
            OutputBias = true,
            FeedForwardBias = true,
            AttentionScale = fields.AttentionScale,
            Windows = new int[fields.Shape.NumLayers],
            Encoder = new EncoderSpec
            {
                Window = rows - first,
                PositionRows = rows,
                FirstPosition = first,
                TokenTypes = fields.Fields.OptionalInt("type_vocab_size", 0, 1024) ?? 2,
            },
        };
    }

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer) => GgufEncoderKeys.Write(writer);

    /// <inheritdoc />
    public override void FromGguf(GgufConfigReader reader)
    {
        GgufEncoderKeys.Read(reader);
        reader.Config["hidden_act"] = "gelu";
    }

    /// <summary>Row of the first token.</summary>
    protected virtual int FirstPosition(DecoderFields fields) => 0;
}
