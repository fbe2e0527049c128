namespace Ropewalk.Positions.Scaling;

/// <summary>Position interpolation by just as much as a sequence needs (the YaRN authors' code): f'_i = f_i / max(1, n / L), a = 1.</summary>
/// <param name="Geometry">The encoding as trained; its context is L.</param>
public sealed record DynamicLinearScaling(RopeGeometry Geometry) : RopeScaling(Geometry)
{
    /// <inheritdoc/>
    public override string Name => "dynamic-linear";

    /// <inheritdoc/>
    public override string Spec => Name;

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var s = Math.Max(1, (double)sequenceLength / Geometry.OriginalContext);
        return new(Geometry.Map(i => Geometry.InverseFrequency(i) / s));
    }
}
