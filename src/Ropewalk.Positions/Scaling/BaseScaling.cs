namespace Ropewalk.Positions.Scaling;

/// <summary>Another base, f'_i = theta^(-2i/d), a = 1: adjusted base frequency (2309.16039), usually with further training.</summary>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="NewBase">The new base, above 1, since with 1 all pairs turn alike. It may be below the trained one (2310.05209).</param>
/// <exception cref="UserInputException">The base is outside its range.</exception>
public sealed record BaseScaling(RopeGeometry Geometry, double NewBase) : RopeScaling(Geometry)
{
    /// <summary>The new base.</summary>
    public double NewBase { get; } = Require.Above("base", NewBase, 1);

    /// <inheritdoc/>
    public override string Name => "base";

    /// <inheritdoc/>
    public override string Spec => SpecText.Of(Name, NewBase);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) =>
        new(new RopeGeometry(Geometry.RotaryDimension, NewBase, Geometry.OriginalContext).InverseFrequencies());

    internal static BaseScaling FromSpec(RopeGeometry geometry, SpecArguments spec) => new(geometry, spec.Value());
}
