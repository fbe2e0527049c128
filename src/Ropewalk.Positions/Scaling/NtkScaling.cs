namespace Ropewalk.Positions.Scaling;

/// <summary>NTK-aware scaling (2309.00071 section 3.1): a larger base b' = b * alpha^(d/(d-2)). Pair 0 is untouched, the last
/// pair divided by exactly alpha; a = 1. Some high pairs extrapolate, so alpha is usually chosen above the wanted scale.</summary>
/// <param name="Geometry">The encoding as trained; d must be above 2, since the exponent divides by d-2.</param>
/// <param name="Alpha">alpha, above 0.</param>
/// <exception cref="UserInputException">The factor or the dimension is outside its range.</exception>
public sealed record NtkScaling(RopeGeometry Geometry, double Alpha) : RopeScaling(CheckDimension(Geometry, "ntk"))
{
    /// <summary>alpha.</summary>
    public double Alpha { get; } = Require.Positive("factor", Alpha);

    /// <inheritdoc/>
    public override string Name => "ntk";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Alpha);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) => new(Geometry.Map(i => InverseFrequency(Geometry, Alpha, i)));

    internal static NtkScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(geometry, spec.Factor());

    /// <summary>f_i * alpha^(-2i/(d-2)): the same as the larger base, without a detour over a huge one.</summary>
    internal static double InverseFrequency(RopeGeometry geometry, double alpha, int pair) =>
        geometry.InverseFrequency(pair) * Math.Pow(alpha, -2.0 * pair / (geometry.RotaryDimension - 2));

    internal static RopeGeometry CheckDimension(RopeGeometry geometry, string name) => geometry.RotaryDimension > 2
        ? geometry
        : throw new UserInputException($"{name}: found rotary dimension 2, expected at least 4 (its base exponent is d/(d-2))");
}
