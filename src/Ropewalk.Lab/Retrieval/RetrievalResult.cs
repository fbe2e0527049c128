namespace Ropewalk.Lab.Retrieval;

/// <summary>All trials of a grid.</summary>
/// <param name="Options">What was asked.</param>
/// <param name="Task">"passkey" or "needle".</param>
/// <param name="Description">How prompts were made.</param>
/// <param name="Trials">By length, depth and number.</param>
public sealed record RetrievalResult(RetrievalOptions Options, string Task, string Description, IReadOnlyList<RetrievalTrial> Trials)
{
    /// <summary>The judgements that were asked for.</summary>
    public IEnumerable<RetrievalScoring> Judgements => new[] { RetrievalScoring.Greedy, RetrievalScoring.Choice }.Where(j => Options.Scoring.HasFlag(j));

    /// <summary>What blind guessing gives: nothing by greedy decoding, 1/N by choice.</summary>
    public double Chance(RetrievalScoring by) => by == RetrievalScoring.Choice ? 1d / Options.Candidates : 0;

    /// <summary>Right answers in a cell, a row or a column of the grid, or all of it.</summary>
    /// <param name="by">The judgement.</param>
    /// <param name="length">A length, or null for all.</param>
    /// <param name="depth">A depth, or null for all.</param>
    public RetrievalCount Count(RetrievalScoring by, int? length = null, double? depth = null)
    {
        var trials = Trials.Where(t => (length is null || t.Length == length) && (depth is null || t.Depth.Equals(depth.Value))).ToList();
        return new RetrievalCount(trials.Count(t => t.IsCorrect(by)), trials.Count);
    }
}
