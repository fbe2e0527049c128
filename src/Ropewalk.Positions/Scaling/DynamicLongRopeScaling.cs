using System.Collections.Immutable;

namespace Ropewalk.Positions.Scaling;

/// <summary>The dynamic variant of the released LongRoPE code: the factors grow with the sequence,
/// lambda_i(n) = 1 + (lambda_i - 1)(n/L - 1)/(s - 1), from 1 at L tokens to lambda_i at s L tokens. The attention factor is fixed.</summary>
/// <param name="Geometry">The encoding as trained.</param>
/// <param name="Factors">lambda_i at the target, d/2 entries, at least 1 (a smaller one would reach 0 far beyond the target).</param>
/// <param name="Scale">s = target / original, above 1.</param>
/// <param name="AttentionFactor">a, above 0; see <see cref="AttentionFactors"/>.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record DynamicLongRopeScaling(RopeGeometry Geometry, ImmutableArray<double> Factors, double Scale, double AttentionFactor)
    : RopeScaling(Geometry)
{
    /// <summary>lambda_i at the target, d/2 entries.</summary>
    public ImmutableArray<double> Factors { get; } = Checked(Factors, Geometry.Pairs);

    /// <summary>s.</summary>
    public double Scale { get; } = Require.Above("scale", Scale, 1);

    /// <summary>a.</summary>
    public double AttentionFactor { get; } = Require.Positive("attention factor", AttentionFactor);

    /// <inheritdoc/>
    public override string Name => "dynamic-longrope";

    /// <summary>The method and a short hash of its numbers; like LongRoPE's own, it cannot be parsed again.</summary>
    public override string Spec => "dynamic-longrope:" + RopeFingerprint.Of(
        [Geometry.RotaryDimension, Geometry.Base, Geometry.OriginalContext, Scale, AttentionFactor, .. Factors])[..16];

    /// <summary>True when every number is equal.</summary>
    public bool Equals(DynamicLongRopeScaling? other) =>
        other is not null
        && Geometry == other.Geometry
        && Scale.Equals(other.Scale)
        && AttentionFactor.Equals(other.AttentionFactor)
        && Factors.AsSpan().SequenceEqual(other.Factors.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Geometry, Scale, AttentionFactor, Factors[^1]);

    /// <inheritdoc/>
    protected override RopeFrequencies Compute(long sequenceLength)
    {
        var progress = Math.Max(0, (((double)sequenceLength / Geometry.OriginalContext) - 1) / (Scale - 1));
        return new(Geometry.Map(i => Geometry.InverseFrequency(i) / (1 + ((Factors[i] - 1) * progress))), AttentionFactor);
    }

    private static ImmutableArray<double> Checked(ImmutableArray<double> factors, int pairs)
    {
        Require.Factors("rescale factors", factors, pairs);
        var small = factors.FirstOrDefault(l => l < 1, 1);
        return small >= 1 ? factors : throw new UserInputException($"rescale factors: found {Require.Number(small)}, expected at least 1");
    }
}
