namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>methods.md 25.1: YaRN's factor as given (4.4x, 5, vLLM, llama.cpp) against max / original (Transformers 4.48 to 4.57). With the
/// recipe of Qwen's model cards (max left at the original) that is 1: plain positions (transformers #38224, fixed by #40320).</summary>
internal sealed class YarnFactor : Rule
{
    /// <inheritdoc/>
    public override string Name => "yarn-factor";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope.Type == "yarn" && rope is { Factor: { } factor, Ratio: { } ratio, Maximum: { } maximum, Original: { } original } && Math.Abs((factor / ratio) - 1) > 1e-6)
        {
            yield return Of(input, ratio <= 1 ? Severity.Error : Severity.Warning, rope.Name("factor"), $"{RopeSettings.Shown(factor)}, where max / original is {maximum} / {original} = {RopeSettings.Shown(ratio)}",
                $"factor {RopeSettings.Shown(factor)}, original_max_position_embeddings {original} and max_position_embeddings {RopeSettings.Shown(Math.Round(factor * original))}, all three",
                (Engines.Transformers457, ratio <= 1 ? "takes max / original, which is 1 or less: plain positions, the extension is lost" : "takes max / original"),
                (Engines.Transformers44, "takes the factor"), (Engines.Transformers5, "takes the factor"), (Engines.Vllm, "takes the factor"), (Engines.LlamaCpp, "takes the factor"), (Engines.Ropewalk, "takes the factor and tells"));
        }
    }
}
