using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Export;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>max_seq_length beyond the positions that there are. Where it is absent sentence-transformers takes the smaller of the config's length and the
/// tokenizer's; for RoBERTa's kind that is the rows of the table, two more than it holds tokens.</summary>
internal sealed class SequenceLimit : EncoderRule
{
    /// <inheritdoc/>
    public override string Name => "sequence-limit";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder)
    {
        var said = input.Json(SentenceFiles.LimitName, out var path) is { } sentence ? RopeSettings.Number(sentence, "max_seq_length") : null;
        var tokenizer = input.Json("tokenizer_config.json", out _) is { } config ? RopeSettings.Number(config, "model_max_length") : null;
        var limit = said ?? (input.Rope.Maximum is { } maximum && tokenizer is { } length ? Math.Min(maximum, length) : null);
        if (limit > encoder.Window)
        {
            yield return Of(path, Severity.Error, "max_seq_length", said is null ? $"nothing, so that {RopeSettings.Shown(limit.Value)} tokens count, with positions for {encoder.Window}" : $"{RopeSettings.Shown(limit.Value)}, with positions for {encoder.Window} tokens", $"{encoder.Window}, or a longer window by ropewalk extend",
                (SentenceTransformers, encoder.PositionRows > 0 ? "stops on an index beyond the table at the first long text" : "computes past the length that the model was made for"), (Engines.Ropewalk, "refuses"));
        }
    }
}
