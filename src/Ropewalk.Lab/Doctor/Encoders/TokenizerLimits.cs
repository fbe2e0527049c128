using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Export;

namespace Ropewalk.Lab.Doctor.Encoders;

/// <summary>A tokenizer that cuts texts before max_seq_length does: what was forgotten when the window grew. sentence-transformers asks for its own
/// length at every call; plain Transformers and the tokenizers library do not know of it.</summary>
internal sealed class TokenizerLimits : EncoderRule
{
    /// <inheritdoc/>
    public override string Name => "tokenizer-limits";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(DoctorInput input, EncoderDescription encoder)
    {
        var said = input.Json(SentenceFiles.LimitName, out _) is { } sentence ? RopeSettings.Number(sentence, "max_seq_length") : null;
        var length = said ?? encoder.Window;
        var meant = said is null ? $"positions for {encoder.Window} tokens" : $"max_seq_length {RopeSettings.Shown(length)}";
        if (input.Json("tokenizer_config.json", out var config) is { } tokenizer && RopeSettings.Number(tokenizer, "model_max_length") is { } limit && limit < length)
        {
            yield return Of(config, Severity.Warning, "model_max_length", $"{RopeSettings.Shown(limit)}, with {meant}", RopeSettings.Shown(length),
                (Engines.Transformers5, "clips texts there under truncation=True"), (SentenceTransformers, said is null ? "cuts every text there" : "asks for its own length"), (Engines.Ropewalk, "ignores it"));
        }

        if (input.Json("tokenizer.json", out var path) is { } words && RopeSettings.Object(words, "truncation") is { } block && RopeSettings.Number(block, "max_length") is { } cut && cut < length)
        {
            yield return Of(path, Severity.Warning, "truncation.max_length", $"{RopeSettings.Shown(cut)}, with {meant}", "\"truncation\": null",
                ("tokenizers", "clips every text there"), (SentenceTransformers, "asks for its own length"), (Engines.Ropewalk, "ignores it"));
        }
    }
}
