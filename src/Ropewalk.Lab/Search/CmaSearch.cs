using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>CMA-ES on the logarithms of all factors and of the attention factor, from the best published method. Each generation races against the
/// best point so far; what is dropped ranks by how far behind it was.</summary>
public sealed class CmaSearch : ISearchAlgorithm
{
    private const double FirstSigma = 0.1;
    private const double LeastSigma = 1e-4;
    private const int LeastPasses = 32;

    /// <inheritdoc />
    public string Name => "cma-es";

    /// <inheritdoc />
    public bool SearchesAttention => true;

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => (long)numWindows * Math.Max(LeastPasses, settings.Evaluations / 10);

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var log = new TrialLog(evaluator, judged);
        _ = log.Race(PublishedPoints.Few(problem), problem.RaceLevel);
        if (log.Best is not { } start)
        {
            return log.Outcome;
        }

        log.Origin = start.Index;
        var space = new SearchSpace(problem, start.Point, problem.Geometry.Pairs);
        var distribution = new CmaEs(new double[space.Dimensions], FirstSigma, new CounterRandom(problem.Settings.Seed).Fork(4));
        while (log.WindowsRun < Cost(problem.Settings, evaluator.NumWindows) && distribution.Sigma > LeastSigma)
        {
            var vectors = distribution.Ask();
            var behind = log.Race([.. vectors.Select(space.Point)], problem.RaceLevel);
            distribution.Tell([.. vectors.Zip(behind).OrderBy(p => p.Second).Select(p => p.First)]);
        }

        log.RaceStartTokens(problem);
        return log.Outcome;
    }
}
