using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>What a search tries: everything about an encoding that an algorithm may change. Two points are equal exactly when every number is.</summary>
/// <param name="RescaleFactors">lambda of each rotary pair, 1 and above where nothing else is said.</param>
/// <param name="StartTokens">n-hat: positions before it keep lambda = 1.</param>
/// <param name="AttentionFactor">Queries and keys are multiplied by it.</param>
public sealed record SearchPoint(ImmutableArray<double> RescaleFactors, int StartTokens, double AttentionFactor)
{
    /// <inheritdoc />
    public bool Equals(SearchPoint? other) =>
        other is not null && StartTokens == other.StartTokens && AttentionFactor.Equals(other.AttentionFactor) && RescaleFactors.AsSpan().SequenceEqual(other.RescaleFactors.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(StartTokens);
        hash.Add(AttentionFactor);
        foreach (var factor in RescaleFactors)
        {
            hash.Add(factor);
        }

        return hash.ToHashCode();
    }
}
