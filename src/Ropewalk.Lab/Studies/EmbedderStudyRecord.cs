namespace Ropewalk.Lab.Studies;

/// <summary>A study of embedders as the object that result.json and --json hold: nothing in it differs between equal runs.</summary>
public static class EmbedderStudyRecord
{
    /// <summary>The object.</summary>
    public static object Of(EmbedderStudyResult result) => new
    {
        Models = result.Models.Select(m => new { m.Name, m.Positions, m.Window, m.Longest }),
        result.ShortLength,
        result.Seeds,
        Tables = result.Tables.Select(t => new
        {
            t.Model,
            TargetContext = t.Target,
            Best = t.Best.Method,
            Methods = t.Rows.Select(r => new
            {
                r.Method,
                r.Spec,
                r.Average,
                ShortAverage = r.Short,
                Tasks = r.Scores.Select(s => new { s.Task, s.Score, Ci95 = new[] { s.Low, s.High }, s.Standing, s.BySeed, s.Short }),
            }),
        }),
        result.TokensEvaluated,
    };
}
