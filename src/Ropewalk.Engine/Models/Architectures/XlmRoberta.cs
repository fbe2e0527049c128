using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models.Architectures;

/// <summary>model_type "xlm-roberta" (1911.02116; multilingual E5, BGE-M3): bert whose positions begin after the row of the padding token, so
/// that a table of 514 rows holds 512 tokens.</summary>
internal sealed class XlmRoberta : Bert
{
    /// <inheritdoc />
    public override string ModelType => "xlm-roberta";

    /// <inheritdoc />
    public override string HuggingFaceClass => "XLMRobertaModel";

    /// <inheritdoc />
    public override void ToGguf(GgufConfigWriter writer) =>
        throw writer.Refusal("model_type", "\"xlm-roberta\"", "bert, whose table of positions begins at its first row");

    /// <inheritdoc />
    protected override int FirstPosition(DecoderFields fields)
    {
        var padding = fields.Fields.OptionalInt("pad_token_id", 0, 1 << 24) ?? 1;
        var rows = fields.Fields.RequiredInt("max_position_embeddings", 1, 1 << 24);
        return padding + 1 < rows
            ? padding + 1
            : throw new CheckpointFormatException(fields.Fields.File, "max_position_embeddings", $"{rows}", $"more than pad_token_id {padding} and the row after it");
    }
}
