namespace Ropewalk.Positions.Scaling;

/// <summary>Plain rotary encoding (2104.09864): f'_i = f_i, a = 1.</summary>
/// <param name="Geometry">The encoding as trained.</param>
public sealed record NoScaling(RopeGeometry Geometry) : RopeScaling(Geometry)
{
    /// <inheritdoc/>
    public override string Name => "none";

    /// <inheritdoc/>
    public override string Spec => Name;

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength) => new(Geometry.InverseFrequencies());
}
