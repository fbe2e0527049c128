namespace Ropewalk.Positions.Scaling;

/// <summary>Hugging Face's "proportional" partial rotation: the exponent keeps the whole head width, the first
/// floor(fraction * d / 2) pairs turn at f_i / factor and the others not at all; a = 1.</summary>
/// <param name="Geometry">Here d is the whole head width, not the rotated part of it.</param>
/// <param name="Fraction">Share of the pairs that turn, above 0 and at most 1.</param>
/// <param name="Factor">s, above 0.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record ProportionalScaling(RopeGeometry Geometry, double Fraction, double Factor = 1) : RopeScaling(Geometry)
{
    /// <summary>Share of the pairs that turn.</summary>
    public double Fraction { get; } = Fraction is > 0 and <= 1
        ? Fraction
        : throw new UserInputException($"fraction: found {Require.Number(Fraction)}, expected a number above 0 and at most 1");

    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <summary>Number of pairs that turn.</summary>
    public int TurningPairs => (int)(Fraction * Geometry.RotaryDimension / 2);

    /// <inheritdoc/>
    public override string Name => "proportional";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Factor, ("fraction", Fraction, null));

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) =>
        new(Geometry.Map(i => i < TurningPairs ? Geometry.InverseFrequency(i) / Factor : 0));

    internal static ProportionalScaling FromSpec(RopeGeometry geometry, SpecArguments spec)
    {
        var factor = spec.Factor();
        return new(geometry, spec.Number("fraction", 1), factor);
    }
}
