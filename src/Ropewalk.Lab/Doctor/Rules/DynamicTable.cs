namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.5: dynamic NTK by the sequence (Transformers), once for factor * L tokens (vLLM #5093), not at all (llama.cpp #8361).</summary>
internal sealed class DynamicTable : Rule
{
    /// <inheritdoc/>
    public override string Name => "dynamic-table";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { Type: "dynamic", Factor: { } factor, Maximum: { } maximum })
        {
            yield return Of(input, Severity.Warning, rope.Name("rope_type"), "\"dynamic\"", "yarn with factor, original_max_position_embeddings and max_position_embeddings, which all engines compute alike",
                (Engines.Transformers5, $"grows with each sequence beyond {maximum} tokens; keys that are cached already keep the old base (#25104)"),
                (Engines.Vllm, $"one table for {RopeSettings.Shown(factor * maximum)} tokens, for short sequences too"), (Engines.LlamaCpp, "plain positions"), (Engines.Ropewalk, "by the length of the whole sequence"));
        }
    }
}
