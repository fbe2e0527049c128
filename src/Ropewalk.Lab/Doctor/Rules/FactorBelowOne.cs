namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>A factor below 1, or none at all: it shrinks the window. Transformers only warns.</summary>
internal sealed class FactorBelowOne : Rule
{
    /// <inheritdoc/>
    public override string Name => "factor-below-one";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        if (input.Rope.Factor is < 1 and var factor)
        {
            yield return Of(input, Severity.Error, input.Rope.Name("factor"), RopeSettings.Shown(factor), "target length / original length, above 1",
                (Engines.Transformers5, "warns and computes with it"), (Engines.Vllm, "computes with it"), (Engines.LlamaCpp, factor == 0 ? "takes 1" : "computes with it"), (Engines.Ropewalk, factor > 0 ? "tells and computes with it" : "refuses"));
        }
    }
}
