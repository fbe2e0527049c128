namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Where longrope's original length stands: Transformers 4.x reads it at the top level only (config.original_max_position_embeddings); without
/// it the switch is at max_position_embeddings, and without factor or attention_factor there is nothing to compute the attention factor from.</summary>
internal sealed class LongRopeOriginal : Rule
{
    /// <inheritdoc/>
    public override string Name => "longrope-original";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type != "longrope" || rope.OuterOriginal is not null)
        {
            yield break;
        }

        if (rope.InnerOriginal is { } inner)
        {
            // Equal lengths switch at the same place wherever they stand.
            var matters = rope.Maximum != inner || (rope.Factor is null && rope.InnerNumber("attention_factor") is null);
            yield return Of(input, matters ? Severity.Warning : Severity.Note, rope.Name("original_max_position_embeddings"), $"{inner}, inside only", $"original_max_position_embeddings {inner} at the top level as well",
                (Engines.Transformers44, "does not read it there: switches at max_position_embeddings, and stops without factor and attention_factor"),
                (Engines.Transformers457, "as 4.4x"), (Engines.Transformers5, "reads it"), (Engines.Vllm, "reads it"), (Engines.LlamaCpp, "reads it"), (Engines.Ropewalk, "reads it"));
        }
        else
        {
            yield return Of(input, Severity.Error, "original_max_position_embeddings", "nothing", "the length that the model was trained for, at the top level",
                (Engines.Transformers5, "takes max_position_embeddings: the long factors never rule"), (Engines.Vllm, "stops with KeyError"), (Engines.LlamaCpp, "its converter stops with KeyError"), (Engines.Ropewalk, "takes max_position_embeddings"));
        }
    }
}
