using Ropewalk.Positions;

namespace Ropewalk.Lab.Doctor;

/// <summary>What one engine makes of the position settings.</summary>
/// <param name="Engine">One of <see cref="Engines"/>.</param>
/// <param name="InForce">The encoding in plain words, or why there is none.</param>
/// <param name="Frequencies">What it turns by at the config's longest length; null where there is no encoding to compute.</param>
public sealed record EngineReading(string Engine, string InForce, RopeFrequencies? Frequencies)
{
    /// <summary>Largest ratio less 1 of a pair's two frequencies, the larger over the smaller, against another reading, or of the attention
    /// factors where that is more; null if one of the two has no frequencies or they have other widths.</summary>
    public double? DifferenceFrom(EngineReading other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Frequencies is not { } mine || other.Frequencies is not { } theirs || mine.Pairs != theirs.Pairs)
        {
            return null;
        }

        var largest = Apart(mine.AttentionFactor, theirs.AttentionFactor);
        for (var i = 0; i < mine.Pairs; i++)
        {
            largest = Math.Max(largest, Apart(mine.InverseFrequencies[i], theirs.InverseFrequencies[i]));
        }

        return largest;
    }

    // Pairs that do not turn have frequency 0 in both.
    private static double Apart(double a, double b) => a.Equals(b) ? 0 : (Math.Max(a, b) / Math.Min(a, b)) - 1;
}
