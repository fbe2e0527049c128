using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A grid's result as the object that --json and result.json hold, and as rows for lm-evaluation-harness's format.</summary>
public static class RetrievalRecord
{
    /// <summary>The whole result.</summary>
    public static object Of(RetrievalRun run) => new
    {
        Model = run.Model.Name,
        run.Result.Task,
        Prompts = run.Result.Description,
        run.Scaling,
        run.Plan,
        OriginalContext = run.Model.OriginalLength,
        TrialsPerCell = run.Result.Options.Trials,
        run.Result.Options.Candidates,
        run.Result.Options.Seed,
        Judgements = run.Result.Judgements.Select(j => new
        {
            By = j,
            Chance = run.Result.Chance(j),
            Lengths = run.Result.Options.Lengths.Select(n => new { Length = n, All = Row(run.Result.Count(j, n)), Depths = run.Result.Options.Depths.Select(d => new { Depth = d, Count = Row(run.Result.Count(j, n, d)) }) }),
        }),
        Trials = run.Result.Trials.Select(t => new { t.Length, t.Depth, t.Trial, t.PromptTokens, t.NeedleToken, t.Answer, t.Generated, t.IsExact, t.Chosen, t.Margin, t.IsChosen }),
        run.Protocol,
        run.Seconds,
        TrialsTakenOver = run.TakenOver,
        run.Notes,
    };

    /// <summary>A task for each length: exact_match by greedy decoding, acc by choice.</summary>
    public static IReadOnlyList<LmEvalRow> LmEvalRows(RetrievalResult result) => [.. result.Options.Lengths.Select(n => new LmEvalRow(
        $"ropewalk_{result.Task}_{n}",
        [.. result.Judgements.Select(j => (j == RetrievalScoring.Greedy ? "exact_match" : "acc", result.Count(j, n).Share, result.Count(j, n).StandardError, true))],
        result.Count(result.Judgements.First(), n).Trials))];

    /// <summary>A count with its share and interval.</summary>
    internal static object Row(RetrievalCount count) => new { count.Correct, count.Trials, count.Share, Ci95 = new[] { count.Interval.Low, count.Interval.High } };
}
