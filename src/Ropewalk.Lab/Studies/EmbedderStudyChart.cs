using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Studies;

/// <summary>The study's figure: each method's average by T, a model's lines all alike in weight and dashes.</summary>
internal static class EmbedderStudyChart
{
    private const int NumColours = 8;
    private static readonly MethodRole[] s_roles = [MethodRole.Tuned, MethodRole.Window, MethodRole.Baseline];

    /// <summary>The chart.</summary>
    public static Chart Of(EmbedderStudyResult result)
    {
        var methods = result.Tables.SelectMany(t => t.Rows).Select(r => r.Method).Distinct(StringComparer.Ordinal).ToList();
        return new Chart
        {
            Id = "embedders",
            Title = $"What each method of a longer window is worth: {string.Join(", ", result.Models.Select(m => m.Name))}",
            Description = "Average over the tasks, times 100, by the window that the methods make room for; none reads up to the model's own.",
            XLabel = "tokens of the documents and of the window",
            YLabel = "average over the tasks, times 100",
            XKind = ScaleKind.Log2,
            Series = [.. result.Models.SelectMany((m, i) => methods.Select((name, j) => Line(result, m.Name, name, j % NumColours, s_roles[i % s_roles.Length]))).Where(s => s.Points.Count > 0)],
        };
    }

    private static ChartSeries Line(EmbedderStudyResult result, string model, string method, int colour, MethodRole role) => new(
        $"{method}, {model}",
        colour,
        SeriesShape.Line,
        role,
        [.. result.Tables.Where(t => t.Model == model).Select(t => (t.Target, Row: t.Rows.FirstOrDefault(r => r.Method == method))).Where(p => p.Row is not null)
            .Select(p => new ChartPoint(p.Target, 100 * p.Row!.Average, double.NaN, double.NaN, $"{method}, {model}, {Display.Length(p.Target)} tokens: {100 * p.Row.Average:F1}"))]);
}
