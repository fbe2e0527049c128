using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>What counts as one window of a search: a sequence of the target length, and beside it shorter ones where they count too.</summary>
/// <param name="Parts">At least one.</param>
public sealed record SearchWindow(ImmutableArray<ScoredPart> Parts)
{
    /// <summary>Tokens that one pass reads.</summary>
    public long NumTokens => Parts.Sum(p => (long)p.Tokens.Length);

    /// <summary>The window's loss from its parts' losses: the weighted sum of their means.</summary>
    public double Loss(ReadOnlySpan<float[]> losses)
    {
        // A single part of weight 1 is not multiplied: its mean must stay what it is to the last digit.
        if (Parts.Length == 1)
        {
            return losses[0].Average(x => (double)x);
        }

        var sum = 0.0;
        for (var i = 0; i < Parts.Length; i++)
        {
            sum += Parts[i].Weight * losses[i].Average(x => (double)x);
        }

        return sum;
    }
}
