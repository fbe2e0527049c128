namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Factor tensors that are incomplete, or that no graph reads. llama.cpp loads such files and turns by plain positions, or stops at a tensor too many
/// (src/llama-model.cpp: get_rope_factors gives null).</summary>
internal sealed class GgufLists : GgufRule
{
    private static readonly string[] s_graphs = ["llama", "phi3", "phimoe", "minicpm", "minicpm3", "mistral3", "deci", "granite", "apertus"];

    /// <inheritdoc/>
    public override string Name => "gguf-lists";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(string file, GgufFacts facts)
    {
        if (facts.HasLong != facts.HasShort)
        {
            yield return Of(file, Severity.Error, facts.HasLong ? "rope_factors_short.weight" : "rope_factors_long.weight", "nothing", "both lists",
                (Engines.LlamaCpp, "turns by plain positions where the missing list should rule"), (Engines.Ropewalk, "refuses"));
        }
        else if (facts.Type == "longrope" && !facts.HasLong && !facts.HasFreqs)
        {
            yield return Of(file, Severity.Error, "rope_factors_long.weight", $"nothing, with rope.scaling.type \"longrope\"", "convert the model again: ropewalk convert writes the lists",
                (Engines.LlamaCpp, "plain positions at every length, without a word"), (Engines.Ropewalk, "refuses"));
        }

        if (facts is { HasLong: true, HasShort: true } && !s_graphs.Contains(facts.Architecture, StringComparer.Ordinal))
        {
            yield return Of(file, Severity.Error, "rope_factors_long.weight", $"lists in a file of {facts.Architecture}", "another scaling: its graph reads linear and yarn",
                (Engines.LlamaCpp, "its graph does not read them"), (Engines.Ropewalk, "reads them only where llama.cpp does"));
        }
        else if (facts is { HasLong: true, HasShort: true, Type: not "longrope" } && facts.Architecture != "phi3")
        {
            yield return Of(file, Severity.Error, $"{facts.Architecture}.rope.scaling.type", facts.Type ?? "nothing", "\"longrope\"",
                (Engines.LlamaCpp, "does not load the lists: it stops at tensors too many"), (Engines.Ropewalk, "does not take the lists"));
        }
    }
}
