using System.Collections.Immutable;
using Ropewalk.Positions;
using Ropewalk.Positions.Laws;

namespace Ropewalk.Lab.Studies;

/// <summary>What the scaling laws (2310.05209) say of a base.</summary>
/// <param name="Base">beta.</param>
/// <param name="Side">Where it lies.</param>
/// <param name="Limit">Length up to which perplexity holds: beyond it, it explodes where the base is above the critical one, and rises slowly elsewhere.</param>
public sealed record BasePrediction(double Base, BaseSide Side, double Limit)
{
    private const double Same = 1e-3;
    private const double NearFactor = 4;
    private const double FarFactor = 16;

    /// <summary>The prediction.</summary>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="tuneLength">Window that it is tuned at.</param>
    /// <param name="tunedBase">beta, above 1.</param>
    /// <exception cref="UserInputException">A number is out of range.</exception>
    public static BasePrediction Of(RopeGeometry geometry, int tuneLength, double tunedBase)
    {
        if (!(tunedBase > 1 && double.IsFinite(tunedBase)))
        {
            throw new UserInputException($"--bases: found {tunedBase}, expected numbers above 1: with a base of 1 all pairs turn alike, and below it the later ones turn faster");
        }

        var critical = RopeLaws.CriticalBase(geometry, tuneLength);
        var side = Math.Abs((tunedBase / critical) - 1) < Same ? BaseSide.Critical : tunedBase < critical ? BaseSide.Below : BaseSide.Above;
        return new BasePrediction(tunedBase, side, side == BaseSide.Above ? Math.Max(tuneLength, RopeLaws.ExtrapolationLimit(geometry, tunedBase)) : tuneLength);
    }

    /// <summary>Bases on both sides of the critical one: where the slowest pair turns once within the window, half way from there on a logarithmic scale, the
    /// critical one, those that the law names for four and sixteen times the window; and the trained one where it is none of these.</summary>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="tuneLength">Window that it is tuned at.</param>
    public static ImmutableArray<double> Defaults(RopeGeometry geometry, int tuneLength)
    {
        var critical = RopeLaws.CriticalBase(geometry, tuneLength);
        var smallest = RopeLaws.SmallBaseTurningPoints(tuneLength).Beta3;
        double[] bases = [smallest, Math.Sqrt(smallest * critical), critical, RopeLaws.BaseForLength(geometry, NearFactor * tuneLength), RopeLaws.BaseForLength(geometry, FarFactor * tuneLength)];
        return [.. bases.Append(geometry.Base).Where(b => b > 1).Order().Aggregate(ImmutableArray<double>.Empty, (kept, b) => kept is [.., var last] && (b / last) - 1 < Same ? kept : kept.Add(b))];
    }
}

/// <summary>Where a base lies.</summary>
public enum BaseSide
{
    /// <summary>Below the critical base.</summary>
    Below,

    /// <summary>The critical base.</summary>
    Critical,

    /// <summary>Above the critical base.</summary>
    Above,
}
