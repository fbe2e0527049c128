namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>A truncation block in tokenizer.json: the tokenizers library clips every text there without being asked.</summary>
internal sealed class TokenizerTruncation : Rule
{
    /// <inheritdoc/>
    public override string Name => "tokenizer-truncation";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Json("tokenizer.json", out var path) is { } tokenizer && RopeSettings.Object(tokenizer, "truncation") is { } block
            && RopeSettings.Number(block, "max_length") is { } limit && input.Rope.Maximum is { } maximum && limit < maximum)
        {
            yield return Of(path, Severity.Warning, "truncation.max_length", $"{RopeSettings.Shown(limit)}, with max_position_embeddings {maximum}", "\"truncation\": null",
                ("tokenizers", "clips every text there"), (Engines.Transformers5, "switches it off unless truncation is asked for"), (Engines.Ropewalk, "ignores it"));
        }
    }
}
