using System.Text.Json.Serialization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>What a job will run, and how long that takes.</summary>
/// <param name="Settings">The search at the target length.</param>
/// <param name="ShortSettings">The search at L.</param>
/// <param name="WindowStride">Tokens that one run of the sliding baseline scores.</param>
/// <param name="Seconds">Estimate of the whole job.</param>
public sealed record ExtendPlan(SearchSettings Settings, SearchSettings ShortSettings, int WindowStride, [property: JsonIgnore] double Seconds)
{
    private const double WindowShareOfSearch = 0.5;

    // none, linear, ntk, dynamic, yarn, ntk tuned, yarn tuned, the winner.
    private const int Methods = 8;

    /// <summary>Plans the paper's search, the search that was asked for, or what a budget allows.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="cost">Measured seconds: for the estimate and the budget.</param>
    /// <param name="work">Counted multiply-adds: for what must be equal in equal runs.</param>
    /// <param name="search">Search windows.</param>
    /// <param name="heldout">Held-out windows.</param>
    /// <param name="shortWindows">Search windows of L tokens.</param>
    /// <param name="original">L.</param>
    /// <param name="target">L'.</param>
    /// <param name="recorded">What a run decided that is continued now; only its time is estimated anew.</param>
    public static ExtendPlan Make(ExtendOptions options, CostModel cost, CostModel work, WindowSet search, WindowSet heldout, WindowSet shortWindows, int original, int target, ExtendPlan? recorded = null)
    {
        // The defaults of SearchSettings are the paper's.
        var wanted = new SearchSettings
        {
            LargestHundredths = SearchSettings.PaperBound((double)target / original),
            StartTokens = options.Target == ExportTarget.Ropewalk ? SearchSettings.PaperStartTokens : [0],
            Seed = options.Seed,
        };
        wanted = options.Population is { } population ? wanted.Resized(population, wanted.Iterations) : wanted;
        wanted = options.Iterations is { } iterations ? wanted with { Iterations = iterations } : wanted;

        var evaluation = search.Windows.Length * cost.Seconds(target);
        var longer = heldout.Windows.Length * Baselines.Lengths(original, target).Where(n => n > original).Sum(n => cost.Seconds(n));
        var atOriginal = heldout.Windows.Length * (target / original) * cost.Seconds(original);

        // At L there are the untouched model and the winner alone.
        var others = (Methods * longer) + (2 * atOriginal) + (2 * TunedBaselines.Evaluations * evaluation) + (heldout.Windows.Length * cost.Seconds(target))
            + PasskeyTrials.Seconds(options.PasskeyTrials, Baselines.Lengths(original, target), cost);
        double WindowSeconds(int stride) => SlidingWindow.Cost(heldout, original, stride) * cost.Seconds(original) / original;
        var algorithm = SearchAlgorithms.Named(options.Search.Algorithm);
        double Long(SearchSettings s) => algorithm.Cost(s, search.Windows.Length) * cost.Seconds(target);
        double SearchSeconds(SearchSettings s) => Long(s) + (algorithm.Cost(Short(s, options.Seed), shortWindows.Windows.Length) * cost.Seconds(original));

        if (recorded is not null)
        {
            return recorded with { Seconds = others + WindowSeconds(recorded.WindowStride) + SearchSeconds(recorded.Settings) };
        }

        var settings = wanted;
        if (options.Budget is { } budget)
        {
            // The time left is shared by the two searches and the sliding baseline in fixed parts.
            var perEvaluation = (SearchSeconds(wanted) + (WindowShareOfSearch * Long(wanted))) / wanted.Evaluations;
            settings = BudgetPlan.Fit(wanted, perEvaluation, budget.TotalSeconds - others, options.Population, options.Iterations);
        }

        // The stride changes what is measured, so it is chosen by counted work: by seconds, equal runs would differ.
        var stride = options.WindowStride ?? 1;
        var most = WindowShareOfSearch * algorithm.Cost(settings, search.Windows.Length) * work.Seconds(target);
        while (options.WindowStride is null && stride < original / 8 && SlidingWindow.Cost(heldout, original, stride) * work.Seconds(original) / original > most)
        {
            stride *= 2;
        }

        return new ExtendPlan(settings, Short(settings, options.Seed), stride, others + WindowSeconds(stride) + SearchSeconds(settings));
    }

    /// <summary>The short search: half the population and iterations, and the smaller cap of 1.25 that the paper's bound gives at s = 1. It has no start tokens.</summary>
    private static SearchSettings Short(SearchSettings s, ulong seed) =>
        s.Resized(Math.Max(8, s.Population / 2), s.Iterations / 2) with { LargestHundredths = SearchSettings.PaperBound(1), StartTokens = [0], Seed = seed + 1 };
}
