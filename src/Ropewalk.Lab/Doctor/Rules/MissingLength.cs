namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>No max_position_embeddings: every length that follows from it is then a default of the model class (2048 for llama).</summary>
internal sealed class MissingLength : Rule
{
    /// <inheritdoc/>
    public override string Name => "missing-length";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Rope.Maximum is null)
        {
            yield return Of(input, Severity.Error, "max_position_embeddings", RopeSettings.Object(input.Rope.Config, "max_position_embeddings") is { } value ? RopeSettings.Shown(value) : "nothing",
                "the longest length that the model is meant for, in tokens",
                (Engines.Transformers5, "takes the model class's default"), (Engines.Vllm, "takes the class's default, or 2048"), (Engines.LlamaCpp, "its converter stops"), (Engines.Ropewalk, "refuses"));
        }
    }
}
