namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>rope.scaling.factor beside factors for each pair: llama.cpp divides positions by it too. Measured on llama2xs: a perplexity of 142 at 1,024 tokens
/// where the lists alone give 16.4, and 119.5 at 256 where it was 8.35 (golden llamacpp_perplexity.json).</summary>
internal sealed class GgufDoubledFactors : GgufRule
{
    /// <inheritdoc/>
    public override string Name => "gguf-doubled-factors";

    /// <inheritdoc/>
    protected override IEnumerable<Finding> Check(string file, GgufFacts facts)
    {
        if (facts.HasFactorBesideLists)
        {
            yield return Of(file, Severity.Error, $"{facts.Architecture}.rope.scaling.factor", $"{RopeSettings.Shown(facts.Factor!.Value)} beside factors for each pair", "no rope.scaling.factor",
                (Engines.LlamaCpp, "divides every position by it as well: the model is ruined at every length"), (Engines.Ropewalk, "refuses"));
        }
    }
}
