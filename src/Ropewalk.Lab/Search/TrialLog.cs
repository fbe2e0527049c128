namespace Ropewalk.Lab.Search;

/// <summary>What an algorithm has judged so far: numbers the trials, tells of them, and knows the best.</summary>
/// <param name="evaluator">Answers with losses.</param>
/// <param name="judged">Told of each batch.</param>
internal sealed class TrialLog(ISearchEvaluator evaluator, Action<IReadOnlyList<Trial>>? judged)
{
    private readonly List<Trial> _trials = [];
    private int _round;

    /// <summary>The best trial that ran on every window; of equal ones the first. Null before one was finite.</summary>
    public Trial? Best { get; private set; }

    /// <summary>The trial that the next ones are made from, by its index; null where they come from none.</summary>
    public int? Origin { get; set; }

    /// <summary>Windows that all trials together ran on, a gradient counted as the three passes that it costs.</summary>
    public long WindowsRun { get; private set; }

    /// <summary>Everything, for the end. Where no point was finite the first stands for the best, with a loss that is infinite.</summary>
    public SearchOutcome Outcome => new(Best ?? _trials[0] with { Nll = double.PositiveInfinity }, _trials);

    /// <summary>A loss that loses against every finite one where it is none.</summary>
    public static double Finite(double loss) => double.IsFinite(loss) ? loss : double.PositiveInfinity;

    /// <summary>Races the best point with each number of start tokens that may be chosen.</summary>
    public void RaceStartTokens(SearchProblem problem)
    {
        if (Best is { } best && problem.Settings.StartTokens.Length > 1)
        {
            Origin = best.Index;
            _ = Race([.. problem.Settings.StartTokens.Select(n => best.Point with { StartTokens = n }).Where(p => !p.Equals(best.Point))], problem.RaceLevel);
        }
    }

    /// <summary>Runs points on every window.</summary>
    /// <returns>Mean losses; infinite where one was not finite.</returns>
    public double[] Judge(IReadOnlyList<SearchPoint> points) =>
        Record([.. points.Zip(evaluator.Evaluate([.. points.Select(p => new EvaluationRequest(p, 0, evaluator.NumWindows))]), (p, l) => (p, l, false))]);

    /// <summary>Runs points on some windows only, and records them as dropped.</summary>
    /// <param name="points">To compare with each other.</param>
    /// <param name="windows">Windows, in their order.</param>
    public double[] Sample(IReadOnlyList<SearchPoint> points, IReadOnlyList<int> windows)
    {
        var answers = evaluator.Evaluate([.. points.SelectMany(p => windows.Select(w => new EvaluationRequest(p, w, 1)))]);
        return Record([.. points.Select((p, i) => (p, Enumerable.Range(i * windows.Count, windows.Count).Select(a => answers[a][0]).ToArray(), true))]);
    }

    /// <summary>Runs a point on one window, there and back, and records it as dropped.</summary>
    /// <returns>The gradient in ln lambda of each pair, then in ln a; not finite where the loss was not.</returns>
    public double[] Slope(SearchPoint point, int window)
    {
        var request = new EvaluationRequest(point, window, 1) { WantsGradient = true };
        var answer = evaluator.Evaluate([request])[0];
        _ = Record([(point, answer[..1], true)]);
        WindowsRun += request.Passes - 1;
        return answer[1..];
    }

    /// <summary>Runs points on one window after another, and drops each as soon as it has lost against the best so far.</summary>
    /// <param name="points">To race.</param>
    /// <param name="level">See <see cref="PairedRace"/>.</param>
    /// <returns>Mean losses over the windows that each ran on, less what the best had there; infinite where one was not finite.</returns>
    public double[] Race(IReadOnlyList<SearchPoint> points, double level)
    {
        var results = PairedRace.Run(evaluator, Best?.Point, points, level);
        _ = Record([.. points.Zip(results, (p, r) => (p, r.Losses, r.Losses.Length < evaluator.NumWindows))]);

        // The one that dropped all others may itself have ended without a number.
        if (Best is null && points.Zip(results).Where(r => r.Second.Losses.All(double.IsFinite)).Select(r => r.First).ToList() is { Count: > 0 } left)
        {
            _ = Judge(left);
        }

        return [.. results.Select(r => Finite(r.Behind))];
    }

    private double[] Record(IReadOnlyList<(SearchPoint Point, double[] Losses, bool Dropped)> batch)
    {
        var means = batch.Select(b => Finite(b.Losses.Sum() / b.Losses.Length)).ToArray();
        Trial[] told = [.. batch.Select((b, i) => new Trial(_trials.Count + i, _round, b.Point, b.Losses.Length, means[i], b.Dropped) { Parents = Origin is { } origin ? [origin] : [] })];
        _round++;
        _trials.AddRange(told);
        WindowsRun += told.Sum(t => (long)t.NumWindows);
        foreach (var trial in told.Where(t => !t.Dropped && t.Nll < (Best?.Nll ?? double.PositiveInfinity)))
        {
            Best = trial;
        }

        judged?.Invoke(told);
        return means;
    }
}
