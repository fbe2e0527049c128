using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>Fits the search into a time: the paper's numbers where they fit, else the largest population that still leaves iterations to evolve.</summary>
public static class BudgetPlan
{
    private static readonly int[] s_populations = [64, 48, 32, 24, 16, 12, 8];

    /// <summary>Chooses population and iterations.</summary>
    /// <param name="settings">The wanted search.</param>
    /// <param name="secondsPerEvaluation">Cost of one candidate.</param>
    /// <param name="seconds">Time for the search.</param>
    /// <param name="fixedPopulation">A population that the user asked for, or null.</param>
    /// <param name="fixedIterations">Iterations that the user asked for, or null.</param>
    public static SearchSettings Fit(SearchSettings settings, double secondsPerEvaluation, double seconds, int? fixedPopulation, int? fixedIterations)
    {
        var affordable = seconds / secondsPerEvaluation;
        if (settings.Evaluations <= affordable)
        {
            return settings;
        }

        const int FewestIterations = 8;
        foreach (var population in fixedPopulation is { } p ? [p] : s_populations)
        {
            var resized = settings.Resized(population, 0);
            var iterations = fixedIterations ?? (int)Math.Min(settings.Iterations, (affordable - population) / (resized.Mutations + resized.Crossovers));
            if (iterations >= FewestIterations && population + (iterations * (resized.Mutations + resized.Crossovers)) <= affordable)
            {
                return resized with { Iterations = iterations };
            }
        }

        return settings.Resized(fixedPopulation ?? s_populations[^1], fixedIterations ?? FewestIterations);
    }
}
