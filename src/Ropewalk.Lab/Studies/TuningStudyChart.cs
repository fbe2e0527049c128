using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Studies;

/// <summary>The study's figure: perplexity by tuning tokens.</summary>
internal static class TuningStudyChart
{
    private const int NumColours = 8;

    /// <summary>The chart.</summary>
    public static Chart Of(TuningStudyResult result)
    {
        var series = new List<ChartSeries>();
        foreach (var (table, i) in result.Tables.Select((t, i) => (t, i)))
        {
            var name = Display.Length(table.Length);
            var colour = 1 + (i % (NumColours - 1));
            series.Add(Line($"{name}, sliding {result.OriginalContext}", colour, MethodRole.Window, table.Rows.Select(r => (r.Tokens, table.Window))));
            if (table.Rows.Any(r => r.Control is not null))
            {
                series.Add(Line($"{name}, sliding, tuned", colour, MethodRole.Baseline, table.Rows.Where(r => r.Control is not null).Select(r => (r.Tokens, r.Control!))));
            }

            series.Add(Line($"{name}, extended", i == 0 ? 0 : colour, i == 0 ? MethodRole.Winner : MethodRole.Tuned, table.Rows.Select(r => (r.Tokens, r.Extended))));
        }

        return new Chart
        {
            Id = "tuning",
            Title = $"What tuning a longer window costs and brings: {result.Model}, {result.Scaling}",
            Description = $"Perplexity on held-out text by the number of tuning tokens, beside the original model that slides its window of {result.OriginalContext} tokens over the same text.",
            XLabel = "tuning tokens",
            YLabel = "perplexity on held-out text",
            YKind = ScaleKind.Log10,
            Series = series,
        };
    }

    private static ChartSeries Line(string name, int colour, MethodRole role, IEnumerable<(long Tokens, MethodResult Result)> points) => new(
        name, colour, SeriesShape.Line, role,
        [.. points.Select(p => new ChartPoint(p.Tokens, p.Result.Perplexity.Value, role == MethodRole.Window ? double.NaN : p.Result.Perplexity.Low, role == MethodRole.Window ? double.NaN : p.Result.Perplexity.High, $"{name}, {Display.Length(p.Tokens)} tokens: {p.Result.Perplexity.Value:F4}"))]);
}
