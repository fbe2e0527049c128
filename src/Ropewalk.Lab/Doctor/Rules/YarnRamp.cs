namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.2: Transformers 4.4x lays YaRN's ramp over max_position_embeddings, everyone else over the original length.
/// Entries differ by up to 55 % (golden hf_rope_parameters.json); nothing can be written that satisfies both.</summary>
internal sealed class YarnRamp : Rule
{
    /// <inheritdoc/>
    public override string Name => "yarn-ramp";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { Type: "yarn", OldObject: not null, Ratio: not (null or 1), Maximum: { } maximum, Original: { } original })
        {
            yield return Of(input, Severity.Note, "max_position_embeddings", $"{maximum}, with an original length of {original}", "nothing; use Transformers 4.48 or later",
                (Engines.Transformers44, $"lays the ramp over {maximum} tokens"), (Engines.Transformers457, $"lays it over {original}"), (Engines.Transformers5, $"lays it over {original}"),
                (Engines.Vllm, $"lays it over {original}"), (Engines.LlamaCpp, $"lays it over {original}"), (Engines.Ropewalk, $"lays it over {original}"));
        }
    }
}
