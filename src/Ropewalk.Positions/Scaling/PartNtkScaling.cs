namespace Ropewalk.Positions.Scaling;

/// <summary>The early NTK-by-parts of the YaRN authors' code: linear and NTK-aware frequencies are mixed by the ramp from 1.25 to 0.75
/// turns, the result and the plain ones by the ramp from 16 to 2 turns; a = 1.</summary>
/// <param name="Geometry">The encoding as trained; d above 2, base above 1.</param>
/// <param name="Factor">s, above 0.</param>
/// <param name="NtkFactor">Multiplies the first mask; 1 as published.</param>
/// <param name="ExtrapolationFactor">Multiplies the second mask; 1 as published.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record PartNtkScaling(RopeGeometry Geometry, double Factor, double NtkFactor = 1, double ExtrapolationFactor = 1)
    : RopeScaling(YarnRamp.CheckBase(NtkScaling.CheckDimension(Geometry, "part-ntk")))
{
    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <summary>Multiplies the mask between linear and NTK-aware.</summary>
    public double NtkFactor { get; } = Require.NotNegative("ntk factor", NtkFactor);

    /// <summary>Multiplies the mask of the plain frequencies.</summary>
    public double ExtrapolationFactor { get; } = Require.NotNegative("extrapolation factor", ExtrapolationFactor);

    /// <inheritdoc/>
    public override string Name => "part-ntk";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Factor, ("ntk", NtkFactor, 1), ("extrapolation", ExtrapolationFactor, 1));

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var ntkMask = YarnRamp.Mask(Geometry, 1.25, 0.75);
        var plainMask = YarnRamp.Mask(Geometry, 16, 2);
        return new(Geometry.Map(i =>
        {
            var f = Geometry.InverseFrequency(i);
            var ntk = NtkScaling.InverseFrequency(Geometry, Factor, i);
            var mixed = Mix(f / Factor, ntk, ntkMask[i] * NtkFactor);
            return Mix(mixed, f, plainMask[i] * ExtrapolationFactor);
        }));
    }

    internal static PartNtkScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(
        geometry,
        spec.Factor(),
        spec.NumberOrZero("ntk", 1),
        spec.NumberOrZero("extrapolation", 1));

    private static double Mix(double a, double b, double shareOfB) => (a * (1 - shareOfB)) + (b * shareOfB);
}
