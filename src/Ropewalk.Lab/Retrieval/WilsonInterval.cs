using System.Runtime.InteropServices;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Wilson's 95 % interval of a share: it holds for few trials and never leaves 0 .. 1, as mean plus or minus two errors would at 10 of 10.</summary>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WilsonInterval(double Low, double High)
{
    // Of the normal distribution, two-sided 95 %.
    private const double Quantile = 1.959963984540054;

    /// <summary>(p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n) with p = successes/n.</summary>
    /// <param name="successes">0 .. <paramref name="trials"/>.</param>
    /// <param name="trials">n, at least 1.</param>
    public static WilsonInterval Of(int successes, int trials)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trials, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var (n, p, z2) = ((double)trials, (double)successes / trials, Quantile * Quantile);
        var middle = p + (z2 / (2 * n));
        var half = Quantile * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));

        // At 0 and n the formula's ends are 0 and 1; rounding would miss them by a bit.
        return new WilsonInterval(
            successes == 0 ? 0 : (middle - half) / (1 + (z2 / n)),
            successes == trials ? 1 : (middle + half) / (1 + (z2 / n)));
    }
}
