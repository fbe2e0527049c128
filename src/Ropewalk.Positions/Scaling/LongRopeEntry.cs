using System.Collections.Immutable;

namespace Ropewalk.Positions.Scaling;

/// <summary>The LongRoPE factors for sequences up to one length. Equal when every number is equal.</summary>
/// <param name="MaximumLength">Longest sequence, in tokens, that these factors serve; at least 1.</param>
/// <param name="RescaleFactors">lambda_i, d/2 entries, finite and above 0 (1 keeps a pair, above 1 slows it).</param>
/// <param name="AttentionFactor">a, finite and above 0.</param>
/// <param name="StartTokens">n-hat: positions below it keep lambda_i = 1; at least 0.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record LongRopeEntry(int MaximumLength, ImmutableArray<double> RescaleFactors, double AttentionFactor = 1, int StartTokens = 0)
{
    /// <summary>Longest sequence that these factors serve.</summary>
    public int MaximumLength { get; } = Require.AtLeast("maximum length", MaximumLength, 1);

    /// <summary>lambda_i, d/2 entries.</summary>
    public ImmutableArray<double> RescaleFactors { get; } =
        Require.Factors("rescale factors", RescaleFactors, RescaleFactors.IsDefaultOrEmpty ? 1 : RescaleFactors.Length);

    /// <summary>a.</summary>
    public double AttentionFactor { get; } = Require.Positive("attention factor", AttentionFactor);

    /// <summary>n-hat.</summary>
    public int StartTokens { get; } = Require.AtLeast("start tokens", StartTokens, 0);

    /// <summary>True when every number is equal.</summary>
    public bool Equals(LongRopeEntry? other) =>
        other is not null
        && MaximumLength == other.MaximumLength
        && AttentionFactor.Equals(other.AttentionFactor)
        && StartTokens == other.StartTokens
        && RescaleFactors.AsSpan().SequenceEqual(other.RescaleFactors.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MaximumLength, AttentionFactor, StartTokens, RescaleFactors.Length, RescaleFactors[^1]);
}
