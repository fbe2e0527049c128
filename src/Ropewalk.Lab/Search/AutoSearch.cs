using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>The default. A race of the published methods; then CMA-ES in few dimensions, where neighbouring pairs move together, with one window a
/// generation, another each time; then CMA-ES in more dimensions from the best point so far, where each generation races against it over
/// all windows. docs/search.md has the measurements behind each part.</summary>
public sealed class AutoSearch : ISearchAlgorithm
{
    // Windows agree on which of two far points is better, so at first one window is enough to rank a generation, and the tokens saved buy more of them.
    private const int CoarseKnots = 5;
    private const double CoarseSigma = 0.2;
    private const double CoarseShare = 0.4;
    private const int CoarsePopulation = 8;

    // The centre of a noisy distribution is better than its points, but only a race on every window tells whether it is the best point yet.
    private const int GenerationsBetweenRaces = 4;
    private const int FineKnots = 10;
    private const double FineSigma = 0.07;
    private const double LeastSigma = 1e-4;
    private const int LeastPasses = 32;

    /// <inheritdoc />
    public string Name => "auto";

    /// <inheritdoc />
    public bool SearchesAttention => true;

    /// <inheritdoc />
    public int Passes(SearchSettings settings) => Math.Max(LeastPasses, settings.Evaluations / 10);

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var log = new TrialLog(evaluator, judged);
        _ = log.Race(PublishedPoints.Many(problem), problem.RaceLevel);
        if (log.Best is not null)
        {
            var random = new CounterRandom(problem.Settings.Seed).Fork(5);
            var budget = (long)Passes(problem.Settings) * evaluator.NumWindows;
            Coarse(log, problem, evaluator.NumWindows, random.Fork(0), (long)(CoarseShare * budget));
            Fine(log, problem, random.Fork(1), budget);
        }

        return log.Outcome;
    }

    private static void Coarse(TrialLog log, SearchProblem problem, int numWindows, CounterRandom random, long until)
    {
        var space = new SearchSpace(problem, log.Best!.Point, CoarseKnots);
        var distribution = new CmaEs(new double[space.Dimensions], CoarseSigma, random, CoarsePopulation);
        for (var generation = 0; log.WindowsRun < until; generation++)
        {
            var vectors = distribution.Ask();
            var losses = log.Sample([.. vectors.Select(space.Point)], [generation % numWindows]);
            distribution.Tell([.. vectors.Zip(losses).OrderBy(p => p.Second).Select(p => p.First)]);
            if ((generation + 1) % GenerationsBetweenRaces == 0)
            {
                _ = log.Race([space.Point(distribution.Mean)], problem.RaceLevel);
            }
        }
    }

    private static void Fine(TrialLog log, SearchProblem problem, CounterRandom random, long until)
    {
        var space = new SearchSpace(problem, log.Best!.Point, FineKnots);
        var distribution = new CmaEs(new double[space.Dimensions], FineSigma, random);
        while (log.WindowsRun < until && distribution.Sigma > LeastSigma)
        {
            var vectors = distribution.Ask();
            var behind = log.Race([.. vectors.Select(space.Point)], problem.RaceLevel);
            distribution.Tell([.. vectors.Zip(behind).OrderBy(p => p.Second).Select(p => p.First)]);
        }
    }
}
