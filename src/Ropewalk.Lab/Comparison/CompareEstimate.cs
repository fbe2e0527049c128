using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Comparison;

/// <summary>The work of a comparison by the windows it is done on.</summary>
/// <param name="Cells">Cells still to be measured at each length, the sliding window's left out.</param>
/// <param name="Tunings">Tunings still to be done.</param>
/// <param name="Slides">Whether the window is still to be slid.</param>
public sealed record CompareEstimate(IReadOnlyList<(int Length, int Count)> Cells, int Tunings, bool Slides)
{
    // Sliding costs far more than any method; by counted work, so that equal runs have equal strides, and by no list of methods, so that
    // the figure does not depend on what it is compared with.
    private const int MethodsWorthOfSliding = 8;

    /// <summary>Seconds, or whatever the cost counts.</summary>
    /// <param name="cost">Of a window.</param>
    /// <param name="search">Windows to tune on.</param>
    /// <param name="heldout">Windows of N tokens.</param>
    /// <param name="original">L.</param>
    /// <param name="stride">Of the sliding window.</param>
    public double Seconds(CostModel cost, WindowSet search, WindowSet heldout, int original, int stride)
    {
        var cells = Cells.Sum(c => c.Count * Method(cost, heldout, original, c.Length));
        var tunings = Tunings * TunedBaselines.Evaluations * search.Windows.Length * cost.Seconds(search.Length);
        return cells + tunings + (Slides ? Sliding(cost, heldout, original, stride) : 0);
    }

    /// <summary>The smallest power of two, up to L/8, with which sliding costs at most as much as eight methods at all lengths.</summary>
    public static int Stride(CostModel work, WindowSet heldout, int original, IReadOnlyList<int> lengths)
    {
        var most = MethodsWorthOfSliding * lengths.Sum(n => Method(work, heldout, original, n));
        var stride = 1;
        while (stride < original / 8 && Sliding(work, heldout, original, stride) > most)
        {
            stride *= 2;
        }

        return stride;
    }

    private static double Method(CostModel cost, WindowSet heldout, int original, int length) =>
        heldout.Windows.Length * (length == original ? heldout.Length / original : 1) * cost.Seconds(length);

    private static double Sliding(CostModel cost, WindowSet heldout, int original, int stride) =>
        SlidingWindow.Cost(heldout, original, stride) * cost.Seconds(original) / original;
}
