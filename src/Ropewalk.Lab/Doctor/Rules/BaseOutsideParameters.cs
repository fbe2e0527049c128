namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>rope_parameters without rope_theta inside, beside one at the top level: some loaders of the new keys look inside only and fall
/// back to 10000 (unsloth PR #7028). Or the base stands twice, with two values.</summary>
internal sealed class BaseOutsideParameters : Rule
{
    /// <inheritdoc/>
    public override string Name => "base-outside-parameters";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        if (rope is { NewObject: not null, InnerBase: null, OuterBase: { } outer })
        {
            yield return Of(input, Severity.Warning, "rope_theta", $"{RopeSettings.Shown(outer)} beside rope_parameters, which has none", "rope_theta inside rope_parameters",
                (Engines.Transformers5, "takes it over from the top level for the classes that standardise their keys; loaders that look inside only take 10000"), (Engines.Ropewalk, "takes the one at the top level"));
        }
        else if (rope is { InnerBase: { } inner, OuterBase: { } other } && !inner.Equals(other))
        {
            yield return Of(input, Severity.Error, $"rope_theta and {rope.Name("rope_theta")}", $"{RopeSettings.Shown(other)} and {RopeSettings.Shown(inner)}", "one base, in one place",
                (Engines.Transformers44, "takes the one at the top level"), (Engines.Transformers5, "takes the inner one"), (Engines.LlamaCpp, "takes the inner one"), (Engines.Ropewalk, "refuses"));
        }
    }
}
