namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Keys that a method cannot do without: Transformers raises KeyError (the _validate_* and _compute_* functions of
/// modeling_rope_utils).</summary>
internal sealed class MissingKeys : Rule
{
    /// <inheritdoc/>
    public override string Name => "missing-keys";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        string[] needed = rope.Type switch
        {
            "linear" or "dynamic" => ["factor"],
            "yarn" when rope.Ratio is null => ["factor"],
            "llama3" => ["factor", "low_freq_factor", "high_freq_factor"],
            "longrope" => ["short_factor", "long_factor"],
            _ => [],
        };
        foreach (var key in needed.Where(k => rope.Inner(k) is null))
        {
            yield return Missing(input, rope.Name(key));
        }

        if (rope.Type == "llama3" && rope.Original is null)
        {
            yield return Missing(input, rope.Name("original_max_position_embeddings"));
        }
    }

    private Finding Missing(DoctorInput input, string field) =>
        Of(input, Severity.Error, field, "nothing", $"the key that {input.Rope.Type} needs",
            (Engines.Transformers5, "stops with KeyError"), (Engines.Vllm, "stops with KeyError"), (Engines.LlamaCpp, "its converter stops, takes a default or writes no scaling"), (Engines.Ropewalk, "refuses"));
}
