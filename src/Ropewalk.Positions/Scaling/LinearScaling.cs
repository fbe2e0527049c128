namespace Ropewalk.Positions.Scaling;

/// <summary>Position interpolation (2306.15595): f'_i = f_i / s, a = 1; the same as dividing positions by s.</summary>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="Factor">s, above 0.</param>
/// <exception cref="UserInputException">The factor is outside its range.</exception>
public sealed record LinearScaling(RopeGeometry Geometry, double Factor) : RopeScaling(Geometry)
{
    /// <summary>s.</summary>
    public double Factor { get; } = Require.Positive("factor", Factor);

    /// <inheritdoc/>
    public override string Name => "linear";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, Factor);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) => new(Geometry.Map(i => Geometry.InverseFrequency(i) / Factor));

    internal static LinearScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(geometry, spec.Factor());
}
