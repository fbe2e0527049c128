using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>The paper's search (<see cref="EvolutionSearch"/>) from its three seeds, under one attention factor: the baseline that the others
/// are measured against. Every candidate runs on every window.</summary>
public sealed class EvolutionAlgorithm : ISearchAlgorithm
{
    /// <inheritdoc />
    public string Name => "evolution";

    /// <summary>The seeds of the paper: linear interpolation, NTK and YaRN for this length, on the grid; then the problem's own starts that keep the order.</summary>
    public static IReadOnlyList<Candidate> Seeds(SearchProblem problem)
    {
        var d = problem.Geometry.RotaryDimension;
        return [.. new[] { LongRopeSeeds.Linear(problem.Scale, d), LongRopeSeeds.Ntk(problem.Scale, d), LongRopeSeeds.Yarn(problem.Geometry, problem.Scale) }
            .Concat(problem.Starts.Select(s => s.RescaleFactors))
            .Select(f => Candidate.Nearest(f, problem.Settings.LargestHundredths))
            .Where(c => c.IsMonotone)];
    }

    /// <inheritdoc />
    public bool SearchesAttention => false;

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => (long)settings.Evaluations * numWindows;

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        SearchPoint Point(Candidate c) => new(c.RescaleFactors, c.StartTokens, problem.AttentionFactor);
        var trials = new List<Trial>();
        var search = new EvolutionSearch(
            problem.Settings,
            batch => [.. evaluator.Evaluate([.. batch.Select(c => new EvaluationRequest(Point(c), 0, evaluator.NumWindows))]).Select(l => l.Sum() / l.Length)],
            batch =>
            {
                Trial[] told = [.. batch.Select(i => new Trial(i.Index, i.Iteration, Point(i.Candidate), evaluator.NumWindows, i.Nll) { Parents = i.Parents })];
                trials.AddRange(told);
                judged?.Invoke(told);
            });
        return new SearchOutcome(trials[search.Run(Seeds(problem)).Index], trials);
    }
}
