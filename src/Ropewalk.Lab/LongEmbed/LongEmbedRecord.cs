namespace Ropewalk.Lab.LongEmbed;

/// <summary>A run as the object that result.json and --json hold.</summary>
public static class LongEmbedRecord
{
    /// <summary>What result.json holds: nothing that differs from run to run.</summary>
    public static IReadOnlyDictionary<string, object?> Of(LongEmbedResult result) => Fields(result);

    /// <summary>What --json prints: the same, with times and places.</summary>
    public static IReadOnlyDictionary<string, object?> WithTimes(LongEmbedResult result)
    {
        var fields = Fields(result);
        fields["seconds"] = result.Elapsed;
        fields["out"] = result.Out;
        return fields;
    }

    private static Dictionary<string, object?> Fields(LongEmbedResult result) => new(StringComparer.Ordinal)
    {
        ["model"] = result.Model.Name,
        ["architecture"] = result.Model.Architecture,
        ["positions"] = result.Model.Positions,
        ["parameters"] = result.Model.Parameters,
        ["pooling"] = result.Model.Pooling,
        ["original_context"] = result.Model.Window,
        ["max_tokens"] = result.Model.MaxTokens,
        ["target_context"] = result.Options.TargetContext,
        ["query_prompt"] = result.Model.QueryPrompt,
        ["document_prompt"] = result.Model.DocumentPrompt,
        ["seed"] = result.Options.Seed,
        ["methods"] = result.Methods.Select(m => new { m.Name, m.Spec, Average = result.Average(m.Name) }),
        ["tasks"] = result.Tasks.Select(t => new
        {
            t.Task.Name,
            t.Task.Source,
            Measure = t.Task.Cutoff == 1 ? "accuracy at 1" : $"nDCG@{t.Task.Cutoff}",
            Documents = t.Task.Parts.Sum(p => p.Documents.Count),
            Queries = t.Task.Parts.Sum(p => p.Queries.Count),
            t.Interval,
            Methods = t.Scores.Select(Score),
        }),
        ["tokens_evaluated"] = result.TokensEvaluated,
        ["notes"] = result.Notes,
    };

    private static object Score(TaskScore score) => new
    {
        score.Method,
        score.Score,
        Ci95 = new[] { score.Low, score.High },
        score.Standing,
        score.Documents,
        DocumentsThatDidNotFit = score.DocumentsCut,
        DocumentsInPieces = score.Parts.Sum(p => p.DocumentsChunked),
        QueriesThatDidNotFit = score.Parts.Sum(p => p.QueriesCut),
        Lengths = score.Parts[0].Length is null ? null : score.Parts.Select(p => new
        {
            p.Length,
            Correct = score.Count(p.Length, null).Correct,
            Queries = p.Ranks.Count,
            Score = score.PartValue(p),
            Ci95 = score.Count(p.Length, null).Interval is var i ? new[] { i.Low, i.High } : null,
            DocumentsThatDidNotFit = p.DocumentsCut,
            CorrectByDepth = p.Depths is null ? null : Enumerable.Range(0, TaskScore.Bands).Select(b => score.Count(p.Length, b)).Select(c => new[] { c.Correct, c.Trials }),
        }),
        Ranks = score.Parts.SelectMany(p => p.Ranks).Select(r => r[0]),
    };
}
