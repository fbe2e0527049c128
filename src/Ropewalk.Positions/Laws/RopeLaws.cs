using System.Collections.Immutable;

namespace Ropewalk.Positions.Laws;

/// <summary>What theory says about how far a rotary encoding reaches: scaling laws of extrapolation (2310.05209), and the critical
/// pair in LongRoPE2's wording (2502.20082). Lengths are in tokens.</summary>
public static class RopeLaws
{
    /// <summary>Unscaled wavelengths 2 pi b^(2i/d) in tokens, d/2 entries.</summary>
    public static ImmutableArray<double> Wavelengths(RopeGeometry geometry) => geometry.Map(i => Math.Tau / geometry.InverseFrequency(i));

    /// <summary>Number of pairs that complete at least <paramref name="turns"/> turns within the trained window:
    /// ceil((d/2) log_b(L / (2 pi turns))), from 0 to d/2. It is also the index of the first pair that does not. With 1 turn it is the
    /// critical pair; with 10 turns the lower end of LongRoPE2's candidates.</summary>
    /// <exception cref="UserInputException">The base is not above 1 or the turns not above 0.</exception>
    public static int CriticalPair(RopeGeometry geometry, double turns = 1)
    {
        Require.Positive("turns", turns);
        var pairs = geometry.Pairs * LogBase(geometry, geometry.OriginalContext / (Math.Tau * turns));
        return (int)Math.Clamp(Math.Ceiling(pairs), 0, geometry.Pairs);
    }

    /// <summary>Critical dimension d_extra = 2 ceil((d/2) log_b(L / 2 pi)): dimensions from it on never saw a whole turn in training.
    /// It counts dimensions, twice the <see cref="CriticalPair"/>.</summary>
    /// <exception cref="UserInputException">The base is not above 1.</exception>
    public static int CriticalDimension(RopeGeometry geometry) => 2 * CriticalPair(geometry);

    /// <summary>Critical base b^(log_(L/2pi)(T/2pi)): a model tuned at length T extrapolates further with a base above it. The same
    /// expression is LongRoPE2's lower bound of an NTK base for the target T.</summary>
    /// <param name="geometry">Pre-training: base and window L, above 2 pi tokens.</param>
    /// <param name="tuningLength">T, above 2 pi tokens.</param>
    /// <exception cref="UserInputException">A length is not above 2 pi or the base not above 1.</exception>
    public static double CriticalBase(RopeGeometry geometry, double tuningLength)
    {
        var trained = Require.Above("original context", geometry.OriginalContext, Math.Tau);
        Require.Above("tuning length", tuningLength, Math.Tau);
        Require.Above("base", geometry.Base, 1);
        return Math.Pow(geometry.Base, Math.Log(tuningLength / Math.Tau) / Math.Log(trained / Math.Tau));
    }

    /// <summary>Longest length that a model tuned with a base above the critical one reaches: 2 pi beta^(d_extra/d). Beyond it perplexity explodes.</summary>
    /// <param name="geometry">Pre-training.</param>
    /// <param name="tunedBase">beta, above 0.</param>
    /// <exception cref="UserInputException">A base is out of range.</exception>
    public static double ExtrapolationLimit(RopeGeometry geometry, double tunedBase) =>
        Math.Tau * Math.Pow(Require.Positive("tuned base", tunedBase), (double)CriticalDimension(geometry) / geometry.RotaryDimension);

    /// <summary>Smallest base for a wanted length: (T / 2 pi)^(d/d_extra), the inverse of <see cref="ExtrapolationLimit"/>.</summary>
    /// <param name="geometry">Pre-training, with a critical dimension above 0.</param>
    /// <param name="targetLength">T, above 0.</param>
    /// <exception cref="UserInputException">The length is out of range, or no dimension saw a whole turn in training.</exception>
    public static double BaseForLength(RopeGeometry geometry, double targetLength)
    {
        Require.Positive("target length", targetLength);
        var critical = Require.AtLeast("critical dimension", CriticalDimension(geometry), 2);
        return Math.Pow(targetLength / Math.Tau, (double)geometry.RotaryDimension / critical);
    }

    /// <summary>Bases below the trained one at which tuning at length T turns for the better: the slowest angle then reaches pi/2
    /// (base 2T/pi), pi (T/pi: the whole range of the cosine) and 2 pi (T/2pi) within T tokens.</summary>
    /// <param name="tuningLength">T, above 0.</param>
    /// <exception cref="UserInputException">The length is out of range.</exception>
    public static (double Beta1, double Beta2, double Beta3) SmallBaseTurningPoints(double tuningLength)
    {
        Require.Positive("tuning length", tuningLength);
        return (2 * tuningLength / Math.PI, tuningLength / Math.PI, tuningLength / Math.Tau);
    }

    private static double LogBase(RopeGeometry geometry, double x) => Math.Log(x) / Math.Log(Require.Above("base", geometry.Base, 1));
}
