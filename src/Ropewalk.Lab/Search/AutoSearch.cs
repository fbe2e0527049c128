using System.Collections.Immutable;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>The default. A race of the published methods; then CMA-ES in few dimensions, where neighbouring pairs move together and one window ranks a
/// generation, another each time; then CMA-ES in more dimensions from the best point so far; then steps of a few per cent around that, which race.
/// Between generations that do not race the centre of the distribution does, over all windows. docs/search.md has the measurements behind each part.</summary>
public sealed class AutoSearch : ISearchAlgorithm
{
    private const double LeastSigma = 1e-4;
    private const int LeastWindows = 128;

    // A tenth of what evolution spends on four windows.
    private const double WindowsPerEvaluation = 0.4;

    // Races may take about a third of a stage.
    private const int SampledPerRaced = 2;

    /// <inheritdoc />
    public string Name => "auto";

    /// <inheritdoc />
    public bool SearchesAttention => true;

    /// <summary>The stages after the race of the published methods.</summary>
    public ImmutableArray<AutoStage> Stages { get; init; } = [new(5, 0.3, 1, 0.4), new(10, 0.1, 2, 0.7), new(10, 0.02, 0, 1)];

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => Math.Max(LeastWindows, (long)(WindowsPerEvaluation * settings.Evaluations));

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var log = new TrialLog(evaluator, judged);
        var cost = Cost(problem.Settings, evaluator.NumWindows);
        _ = log.Race(PublishedPoints.Affordable(problem, evaluator.NumWindows, cost), problem.RaceLevel);
        var random = new CounterRandom(problem.Settings.Seed).Fork(5);
        var windows = new WindowRotation(evaluator.NumWindows);
        for (var s = 0; s < Stages.Length && log.Best is not null; s++)
        {
            Stage(log, problem, Stages[s], windows, random.Fork((ulong)s), (long)(Stages[s].Share * cost));
        }

        log.RaceStartTokens(problem);
        return log.Outcome;
    }

    /// <summary>CMA-ES around the best point so far.</summary>
    /// <param name="log">Judges.</param>
    /// <param name="problem">Bounds.</param>
    /// <param name="stage">Its numbers.</param>
    /// <param name="windows">Whose turn it is.</param>
    /// <param name="random">Draws.</param>
    /// <param name="until">Windows run, of the whole search, after which it ends.</param>
    internal static void Stage(TrialLog log, SearchProblem problem, AutoStage stage, WindowRotation windows, CounterRandom random, long until)
    {
        log.Origin = log.Best!.Index;
        var space = new SearchSpace(problem, log.Best.Point, stage.Knots);
        var distribution = new CmaEs(new double[space.Dimensions], stage.Sigma, random);
        var sinceRace = 0;
        while (log.WindowsRun < until && distribution.Sigma > LeastSigma)
        {
            var vectors = distribution.Ask();
            SearchPoint[] points = [.. vectors.Select(space.Point)];
            var losses = stage.Windows == 0 ? log.Race(points, problem.RaceLevel) : log.Sample(points, windows.Next(stage.Windows));
            distribution.Tell([.. vectors.Zip(losses).OrderBy(p => p.Second).Select(p => p.First)]);

            // The centre of a noisy distribution is better than its points, but only a race over every window tells whether it is the best point yet.
            sinceRace += stage.Windows * points.Length;
            if (sinceRace >= SampledPerRaced * windows.Count || (sinceRace > 0 && log.WindowsRun >= until))
            {
                sinceRace = 0;
                _ = log.Race([space.Point(distribution.Mean)], problem.RaceLevel);
            }
        }
    }
}
