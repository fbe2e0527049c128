using System.Collections.Immutable;

namespace Ropewalk.Positions.Scaling;

/// <summary>The ramp over pairs that YaRN's code uses. The paper (2309.00071) writes it over the turns L / wavelength instead,
/// which is another function: this one is what every implementation runs.</summary>
public static class YarnRamp
{
    /// <summary>First and last pair of the ramp: pairs up to Low keep their frequency, pairs from High on are divided by s.</summary>
    /// <param name="geometry">Needs a base above 1.</param>
    /// <param name="betaFast">Turns within L above which a pair keeps its frequency.</param>
    /// <param name="betaSlow">Turns within L below which a pair is fully interpolated.</param>
    /// <param name="truncate">Round outwards to whole pairs (all but gpt-oss do).</param>
    /// <exception cref="UserInputException">The base is not above 1 or a number of turns is not above 0.</exception>
    public static (double Low, double High) Range(RopeGeometry geometry, double betaFast, double betaSlow, bool truncate = true)
    {
        CheckBase(geometry);
        var low = PairOfTurns(geometry, Require.Positive("beta fast", betaFast));
        var high = PairOfTurns(geometry, Require.Positive("beta slow", betaSlow));
        if (truncate)
        {
            low = Math.Floor(low);
            high = Math.Ceiling(high);
        }

        // d - 1, not d/2 - 1: the reference counts dimensions here and pairs elsewhere, and trained models depend on it.
        return (Math.Max(low, 0), Math.Min(high, geometry.RotaryDimension - 1));
    }

    /// <summary>Share of each pair's own frequency: 1 below the ramp, 0 above it; d/2 entries.</summary>
    /// <exception cref="UserInputException">As <see cref="Range"/>.</exception>
    public static ImmutableArray<double> Mask(RopeGeometry geometry, double betaFast, double betaSlow, bool truncate = true)
    {
        var (low, high) = Range(geometry, betaFast, betaSlow, truncate);
        if (low.Equals(high))
        {
            high += 0.001;
        }

        return geometry.Map(i => 1 - Math.Clamp((i - low) / (high - low), 0, 1));
    }

    /// <summary>The geometry, if its base is above 1: at 1 all pairs turn alike, and no pair belongs to a number of turns.</summary>
    internal static RopeGeometry CheckBase(RopeGeometry geometry)
    {
        Require.Above("base of a ramp over pairs", geometry.Base, 1);
        return geometry;
    }

    private static double PairOfTurns(RopeGeometry geometry, double turns) =>
        geometry.RotaryDimension * Math.Log(geometry.OriginalContext / (Math.Tau * turns)) / (2 * Math.Log(geometry.Base));
}
