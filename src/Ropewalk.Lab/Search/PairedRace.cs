namespace Ropewalk.Lab.Search;

/// <summary>Runs points on one window after another, in the evaluator's order, and drops each as soon as it has lost.</summary>
/// <remarks>Losses of two points differ far less from window to window than windows do, so points are compared on the same windows: Student's t,
/// one-sided. A single point has too few windows for a spread of its own; the spread is pooled over all points of the race. After each window that
/// makes one test a point, so over W windows a point as good as the incumbent is dropped with a probability of up to (W - 1) times the level.
/// Without an incumbent the best of the race so far is the reference. Chosen for its low losses it makes the others look worse than they are: as
/// each may have been compared with any other, the level is divided by their number (Bonferroni).</remarks>
internal static class PairedRace
{
    /// <summary>Races points.</summary>
    /// <param name="evaluator">Answers with losses; asked again for the incumbent's, so it should remember.</param>
    /// <param name="incumbent">Point to beat; null for the best of the race itself at each moment.</param>
    /// <param name="points">To race.</param>
    /// <param name="level">Probability that one test drops a point as good as the incumbent; 0 drops none.</param>
    /// <returns>Per point, its losses on the windows that it ran on, and their mean less the incumbent's there.</returns>
    public static IReadOnlyList<(double[] Losses, double Behind)> Run(ISearchEvaluator evaluator, SearchPoint? incumbent, IReadOnlyList<SearchPoint> points, double level)
    {
        var losses = points.Select(_ => new List<double>()).ToArray();
        var running = Enumerable.Range(0, points.Count).ToList();
        var toBeat = incumbent is null ? null : evaluator.Evaluate([new EvaluationRequest(incumbent, 0, evaluator.NumWindows)])[0];
        for (var w = 0; w < evaluator.NumWindows && running.Count > 0; w++)
        {
            var answers = evaluator.Evaluate([.. running.Select(i => new EvaluationRequest(points[i], w, 1))]);
            for (var i = 0; i < running.Count; i++)
            {
                losses[running[i]].Add(answers[i][0]);
            }

            _ = running.RemoveAll(i => !double.IsFinite(losses[i][^1]));
            running = Survivors(running, losses, toBeat, level);
        }

        var best = losses.Where(l => l.Count == evaluator.NumWindows && l.TrueForAll(double.IsFinite)).MinBy(l => l.Sum());
        IReadOnlyList<double> against = toBeat ?? (IReadOnlyList<double>?)best ?? new double[evaluator.NumWindows];
        return [.. losses.Select(l => (l.ToArray(), l.Select((x, w) => x - against[w]).Sum() / l.Count))];
    }

    /// <summary>An analysis of variance in two ways, points and windows: what neither explains is the spread, the same for every point.</summary>
    private static List<int> Survivors(List<int> running, List<double>[] losses, double[]? incumbent, double level)
    {
        if (running.Count == 0)
        {
            return running;
        }

        var windows = losses[running[0]].Count;
        IReadOnlyList<double>[] rows = [.. running.Select(i => losses[i]), .. incumbent is null ? Array.Empty<double[]>() : [incumbent[..windows]]];
        var degrees = (rows.Length - 1) * (windows - 1);
        if (degrees == 0)
        {
            return running;
        }

        double[] means = [.. rows.Select(r => r.Average())];
        double[] levels = [.. Enumerable.Range(0, windows).Select(w => rows.Average(r => r[w]) - means.Average())];
        var squares = rows.Select((r, i) => r.Select((l, w) => l - means[i] - levels[w]).Sum(e => e * e)).Sum();
        var error = Math.Sqrt(2 * squares / degrees / windows);
        var (toBeat, rivals) = incumbent is null ? (means.Min(), running.Count - 1) : (means[^1], 1);
        return [.. running.Where((_, i) => means[i] <= toBeat || StudentT.UpperTail((means[i] - toBeat) / error, degrees) >= level / rivals)];
    }
}
