using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>One task under every method.</summary>
/// <param name="Task">The task.</param>
/// <param name="Scores">In the methods' order.</param>
/// <param name="Interval">What the intervals are, in words.</param>
public sealed record TaskResult(LongTask Task, IReadOnlyList<TaskScore> Scores, string Interval)
{
    /// <summary>Adds intervals and standings. Shares of first places have Wilson's interval; nDCG, and all comparisons, which are paired, have the
    /// bootstrap's, over the documents that are asked for: queries about one document are not independent.</summary>
    /// <param name="task">The task.</param>
    /// <param name="measured">Each method's parts.</param>
    /// <param name="seed">Of the resamples.</param>
    public static TaskResult Of(LongTask task, IReadOnlyList<(string Method, IReadOnlyList<PartScore> Parts)> measured, ulong seed)
    {
        var scores = measured.Select(m => new TaskScore(m.Method, task.Cutoff, m.Parts, 0, 0, Standing.Worse)).ToList();
        var bootstrap = new Bootstrap(Units(task), seed);
        var sums = scores.Select(s => bootstrap.Units([.. s.ByQuery.Select(q => new[] { q })])).ToList();
        var zeros = new double[sums[0].Length];
        var best = Enumerable.Range(0, scores.Count).MaxBy(i => scores[i].Score);
        return new TaskResult(
            task,
            [.. scores.Select((s, i) =>
            {
                var (_, low, high) = bootstrap.Compare(sums[i], zeros);
                if (task.Cutoff == 1)
                {
                    var count = s.ByQuery.Count(q => q > 0);
                    (low, high) = WilsonInterval.Of(count, s.ByQuery.Count);
                }

                var (_, below, _) = bootstrap.Compare(sums[best], sums[i]);
                return s with { Low = low, High = high, Standing = i == best ? Standing.Best : below <= 0 ? Standing.Tied : Standing.Worse };
            })],
            task.Cutoff == 1 ? "Wilson" : $"bootstrap over {bootstrap.Unit}");
    }

    private static WindowSet Units(LongTask task)
    {
        var windows = new List<EvaluationWindow>();
        var names = new List<string>();
        foreach (var part in task.Parts)
        {
            windows.AddRange(part.Relevant.Select(r => new EvaluationWindow(names.Count + r[0], 0, [])));
            names.AddRange(part.Documents.Select(d => d.Id));
        }

        // One score a query stands where a window has its losses: of two tokens one is scored.
        return new WindowSet(2, [.. windows], [.. names]);
    }
}
