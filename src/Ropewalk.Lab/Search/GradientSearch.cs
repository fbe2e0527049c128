using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>Adam (1412.6980) on ln lambda of every pair and ln a, from the best published methods, a window a step, the rate falling as a cosine; and
/// CMA-ES from where it arrives, where that is wanted. On the way the point races against the best so far over all windows, so the best iterate is kept.</summary>
/// <param name="refines">Whether CMA-ES takes the second half of the search.</param>
public sealed class GradientSearch(bool refines) : ISearchAlgorithm
{
    private const int Starts = 2;
    private const double FirstRate = 0.02;
    private const double FirstMoment = 0.9;
    private const double SecondMoment = 0.99;
    private const int StepsBetweenRaces = 12;

    private static readonly AutoStage s_refinement = new(10, 0.1, 2, 1);

    /// <inheritdoc />
    public string Name => refines ? "gradient+cma-es" : "gradient";

    /// <inheritdoc />
    public bool SearchesAttention => true;

    /// <inheritdoc />
    public bool NeedsGradients => true;

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => new AutoSearch().Cost(settings, numWindows);

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var log = new TrialLog(evaluator, judged);
        var cost = Cost(problem.Settings, evaluator.NumWindows);
        var seeds = PublishedPoints.Affordable(problem, evaluator.NumWindows, cost);
        var starts = log.Race(seeds, problem.RaceLevel).Index().Where(s => double.IsFinite(s.Item)).OrderBy(s => s.Item).Take(Starts).ToList();
        var windows = new WindowRotation(evaluator.NumWindows);
        var budget = ((refines ? cost / 2 : cost) - log.WindowsRun) / Math.Max(1, starts.Count);
        foreach (var (start, _) in starts)
        {
            log.Origin = start;
            Descend(log, problem, seeds[start], windows, budget);
        }

        if (refines && log.Best is not null)
        {
            AutoSearch.Stage(log, problem, s_refinement, windows, new CounterRandom(problem.Settings.Seed).Fork(6), cost);
        }

        log.RaceStartTokens(problem);
        return log.Outcome;
    }

    private static void Descend(TrialLog log, SearchProblem problem, SearchPoint start, WindowRotation windows, long budget)
    {
        var pairs = problem.Geometry.Pairs;
        var space = new SearchSpace(problem, start, pairs);
        var (x, first, second) = (new double[space.Dimensions], new double[space.Dimensions], new double[space.Dimensions]);
        var passes = new EvaluationRequest(start, 0, 1) { WantsGradient = true }.Passes;
        var steps = (int)(budget * StepsBetweenRaces / ((passes * StepsBetweenRaces) + windows.Count));
        for (var step = 1; step <= steps; step++)
        {
            // Back from where bounds and order have moved it: otherwise it would go on beyond a bound without a trace.
            var point = space.Point(x);
            x = space.Vector(point);
            var slope = log.Slope(point, windows.Next(1)[0]);
            if (!slope.All(double.IsFinite))
            {
                return;
            }

            var rate = FirstRate * 0.5 * (1 + Math.Cos(Math.PI * (step - 1) / steps));
            for (var i = 0; i < x.Length; i++)
            {
                var g = i < pairs ? slope[i] : slope[pairs] * SearchSpace.AttentionScale;
                first[i] = (FirstMoment * first[i]) + ((1 - FirstMoment) * g);
                second[i] = (SecondMoment * second[i]) + ((1 - SecondMoment) * g * g);
                x[i] -= rate * first[i] / (1 - Math.Pow(FirstMoment, step)) / (Math.Sqrt(second[i] / (1 - Math.Pow(SecondMoment, step))) + 1e-12);
            }

            if (step % StepsBetweenRaces == 0 || step == steps)
            {
                _ = log.Race([space.Point(x)], problem.RaceLevel);
            }
        }
    }
}
