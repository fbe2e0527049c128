using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Comparison;

/// <summary>What a comparison runs, in pieces of which each is kept when it is done.</summary>
/// <param name="methods">Methods.</param>
/// <param name="lengths">Lengths; the last is N.</param>
/// <param name="original">L.</param>
/// <param name="perWindow">Windows of L tokens out of one of N.</param>
public sealed class CompareWork(CompareMethods methods, IReadOnlyList<int> lengths, int original, int perWindow)
{
    // Some ten seconds of a desktop processor: what a stop may lose.
    private const double ChunkMultiplyAdds = 1e12;
    private const int MostWindowsOfAChunk = 64;

    // Fewer windows than this would leave processors idle one a thread; then each runs alone with all of them.
    private const int FewestAtOnce = 16;

    // Sliding costs far more than any method; by counted work, so that equal runs have equal strides, and by no list of methods, so that
    // the figure does not depend on what it is compared with.
    private const int MethodsWorthOfSliding = 8;

    /// <summary>The smallest power of two, up to L/8, with which sliding costs at most as much as eight methods at all lengths.</summary>
    /// <param name="work">Counted multiply-adds.</param>
    public int Stride(CostModel work)
    {
        var most = MethodsWorthOfSliding * lengths.Sum(n => Windows(n) * work.Seconds(n));
        var stride = 1;
        while (stride < original / 8 && Slide(work, stride) > most)
        {
            stride *= 2;
        }

        return stride;
    }

    /// <summary>All pieces in their order: methods by rising length, then the sliding window.</summary>
    /// <param name="work">Counted multiply-adds: every run of a comparison cuts the same pieces.</param>
    /// <param name="heldout">Held-out windows of N tokens.</param>
    /// <param name="stride">Of the sliding window.</param>
    public IReadOnlyList<CompareStep> Steps(CostModel work, int heldout, int stride)
    {
        var steps = new List<CompareStep>();
        foreach (var length in lengths)
        {
            var most = ChunkMultiplyAdds / work.Seconds(length);
            var size = most < FewestAtOnce ? 1 : (int)Math.Min(MostWindowsOfAChunk, most);
            foreach (var family in methods.Families.Where(f => methods.IsMeasured(f, length)))
            {
                steps.AddRange(Chunks(heldout * Windows(length), size).Select(c => new CompareStep(family, length, c.First, c.Count)));
            }
        }

        var slid = (int)Math.Clamp(ChunkMultiplyAdds / Slide(work, stride), 1, MostWindowsOfAChunk);
        steps.AddRange(Chunks(heldout, slid).Select(c => new CompareStep(null, lengths[^1], c.First, c.Count)));
        return steps;
    }

    /// <summary>Seconds of pieces.</summary>
    public double Seconds(CostModel cost, IEnumerable<CompareStep> steps, int stride) =>
        steps.Sum(s => s.Count * (s.Family is null ? Slide(cost, stride) : cost.Seconds(s.Length)));

    /// <summary>Seconds of tunings.</summary>
    /// <param name="cost">Of a window.</param>
    /// <param name="tunings">How many.</param>
    /// <param name="search">Windows that are tuned on.</param>
    public static double TuningSeconds(CostModel cost, int tunings, WindowSet search) =>
        tunings * TunedBaselines.Evaluations * search.Windows.Length * cost.Seconds(search.Length);

    private static IEnumerable<(int First, int Count)> Chunks(int windows, int size)
    {
        for (var first = 0; first < windows; first += size)
        {
            yield return (first, Math.Min(size, windows - first));
        }
    }

    private int Windows(int length) => length == original ? perWindow : 1;

    private double Slide(CostModel cost, int stride) =>
        SlidingWindow.Cost(new WindowSet(lengths[^1], [new EvaluationWindow(0, 0, [])], []), original, stride) * cost.Seconds(original) / original;
}

/// <summary>A piece of the work: one method over some windows of one length.</summary>
/// <param name="Family">The method; null for the sliding window, whose windows of N tokens give all lengths.</param>
/// <param name="Length">Tokens of a window.</param>
/// <param name="First">Index of the first window.</param>
/// <param name="Count">Windows.</param>
public sealed record CompareStep(MethodFamily? Family, int Length, int First, int Count)
{
    /// <summary>The method's name.</summary>
    public string Method => Family?.Name ?? MethodList.Window;
}
