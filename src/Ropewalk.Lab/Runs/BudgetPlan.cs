using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>Fits the search into a time: the paper's numbers where they fit, else a smaller search out of a short list. The list is coarse, so that a
/// machine chooses the same one from run to run; population and iterations are printed, and given as options they repeat a search exactly.</summary>
public static class BudgetPlan
{
    private const int FewestIterations = 4;

    // A third fewer candidates a step. With 160 candidates a population of 16 went further than one of 32, so iterations shrink last.
    private static readonly (int Population, int Iterations)[] s_plans =
        [(64, 28), (48, 28), (48, 20), (32, 24), (32, 18), (24, 18), (16, 20), (16, 16), (12, 14), (8, 14), (8, 8)];

    /// <summary>Chooses population and iterations.</summary>
    /// <param name="settings">The wanted search.</param>
    /// <param name="secondsPerEvaluation">Cost of one candidate.</param>
    /// <param name="seconds">Time for the search.</param>
    /// <param name="fixedPopulation">A population that the user asked for, or null.</param>
    /// <param name="fixedIterations">Iterations that the user asked for, or null.</param>
    public static SearchSettings Fit(SearchSettings settings, double secondsPerEvaluation, double seconds, int? fixedPopulation, int? fixedIterations)
    {
        var affordable = seconds / secondsPerEvaluation;
        if (settings.Evaluations <= affordable || (fixedPopulation is not null && fixedIterations is not null))
        {
            return settings;
        }

        if (fixedPopulation is { } population)
        {
            var resized = settings.Resized(population, 0);
            return resized with { Iterations = (int)Math.Clamp((affordable - population) / (resized.Mutations + resized.Crossovers), FewestIterations, settings.Iterations) };
        }

        var plans = s_plans.Select(p => settings.Resized(p.Population, fixedIterations ?? p.Iterations)).ToList();
        return plans.Find(p => p.Evaluations <= affordable) ?? plans[^1];
    }
}
