namespace Ropewalk.Positions.Scaling;

/// <summary>Dynamic NTK as Hugging Face runs it: NTK-aware with alpha = F * max(n, L) / L - (F - 1) for a sequence of n tokens; a = 1.
/// Up to L it is the plain encoding. vLLM computes it once for n = F * L: ask for that length to get its table.</summary>
/// <param name="Geometry">The encoding as trained; L is its context, d must be above 2.</param>
/// <param name="Factor">F, above 0.</param>
/// <exception cref="UserInputException">The factor or the dimension is outside its range.</exception>
public sealed record DynamicNtkScaling(RopeGeometry Geometry, double Factor)
    : RopeScaling(NtkScaling.CheckDimension(Geometry, "dynamic"))
{
    /// <summary>F.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <inheritdoc/>
    public override string Name => "dynamic";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Factor);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        // Written as 1 + F (n/L - 1), so that n = L gives exactly 1 and no factor above 0 can make it fall under 1.
        var alpha = 1 + (Factor * (((double)Math.Max(sequenceLength, Geometry.OriginalContext) / Geometry.OriginalContext) - 1));
        return new(Geometry.Map(i => NtkScaling.InverseFrequency(Geometry, alpha, i)));
    }

    internal static DynamicNtkScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(geometry, spec.Factor());
}
