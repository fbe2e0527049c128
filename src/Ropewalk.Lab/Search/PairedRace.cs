namespace Ropewalk.Lab.Search;

/// <summary>Runs points on one window after another, in the evaluator's order, and drops each as soon as it has lost.</summary>
/// <remarks>Losses of two points differ far less from window to window than windows do, so differences to the incumbent on the same windows are
/// tested: Student's t, one-sided, against zero. A single point has too few windows for a spread of its own; the spread is pooled over all
/// points of the race. After each window that makes one test a point, so over W windows a point as good as the incumbent is dropped with
/// a probability of up to (W - 1) times the level.</remarks>
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
        var toBeat = incumbent is null ? [] : evaluator.Evaluate([new EvaluationRequest(incumbent, 0, evaluator.NumWindows)])[0];
        for (var w = 0; w < evaluator.NumWindows && running.Count > 0; w++)
        {
            var answers = evaluator.Evaluate([.. running.Select(i => new EvaluationRequest(points[i], w, 1))]);
            for (var i = 0; i < running.Count; i++)
            {
                losses[running[i]].Add(answers[i][0]);
            }

            _ = running.RemoveAll(i => !double.IsFinite(losses[i][^1]));
            if (running.Count > 0)
            {
                var reference = incumbent is null ? [.. losses[running.MinBy(i => losses[i].Sum())]] : toBeat;
                running = Survivors(running, losses, reference, level);
            }
        }

        var best = losses.Where(l => l.Count == evaluator.NumWindows && l.TrueForAll(double.IsFinite)).MinBy(l => l.Sum());
        var against = incumbent is null ? best is null ? new double[evaluator.NumWindows] : [.. best] : toBeat;
        return [.. losses.Select(l => (l.ToArray(), Differences(l, against).Sum() / l.Count))];
    }

    private static IEnumerable<double> Differences(List<double> losses, double[] reference) => losses.Select((l, w) => l - reference[w]);

    private static List<int> Survivors(List<int> running, List<double>[] losses, double[] reference, double level)
    {
        var windows = losses[running[0]].Count;
        var degrees = running.Count * (windows - 1);
        if (degrees == 0)
        {
            return running;
        }

        var means = running.ToDictionary(i => i, i => Differences(losses[i], reference).Sum() / windows);
        var squares = running.Sum(i => Differences(losses[i], reference).Sum(d => (d - means[i]) * (d - means[i])));
        var error = Math.Sqrt(squares / degrees / windows);
        return [.. running.Where(i => means[i] <= 0 || StudentT.UpperTail(means[i] / error, degrees) >= level)];
    }
}
