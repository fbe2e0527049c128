using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Effective;

/// <summary>The page of an effective window: perplexity by position, retrieval by length, and the gate.</summary>
public static class EffectiveReport
{
    /// <summary>The page's text.</summary>
    public static string Render(EffectiveResult result, DateTimeOffset date)
    {
        var page = new StringBuilder();
        HtmlReport.Begin(page, $"{result.Model.Name}: effective window", HeatMap.Style);
        page.Append($"<p class=\"soft\">{HtmlText.Escape(date.ToString("d MMMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture))} on {HtmlText.Escape($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {WorkerPool.NumThreads} threads; {Display.Duration(result.Seconds)}")}</p>\n");
        page.Append($"<p class=\"verdict\">{HtmlText.Escape(result.Verdict)}</p>\n<dl>\n");
        HtmlReport.Pair(page, "Model", $"{result.Model.Name} ({result.Model.Architecture}, {HtmlText.Number(result.Model.Parameters)} parameters, window of {HtmlText.Number(result.Original)} tokens as trained)");
        HtmlReport.Pair(page, "Positions", result.Plan == "full" ? result.Scaling : $"{result.Scaling}, {result.Plan}");
        HtmlReport.Pair(page, "Short window", $"perplexity at {HtmlText.Number(result.Original)} tokens {HtmlText.Number(100 * result.ShortLoss.Value, 2)} % above the original model's (95 % {HtmlText.Number(100 * result.ShortLoss.Low, 2)} .. {HtmlText.Number(100 * result.ShortLoss.High, 2)})");
        HtmlReport.Pair(page, "Protocol", result.Protocol);
        page.Append($"</dl>\n<pre>{HtmlText.Escape(result.CommandLine)}</pre>\n");
        Positions(page, result);
        Retrieval(page, result);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Positions(StringBuilder page, EffectiveResult result)
    {
        page.Append($"<h2>Perplexity by position</h2>\n<p class=\"soft\">Dashed: the same tokens as the last quarter of a window of {HtmlText.Number(result.Original)}. Whiskers: interval of the difference; all of them together hold with 95 %.</p>\n");
        var longest = result.Buckets.Where(b => b.Window == result.Longest).ToList();
        page.Append(SvgChart.Draw(new Chart
        {
            Id = "position",
            Title = "Perplexity by position",
            Description = "One line for each window that was run, and one for the old window. The numbers are in the table below.",
            XLabel = "position, end of stretch (tokens)",
            YLabel = "perplexity",
            YKind = ScaleKind.Log10,
            Marks = [(result.Original, "trained")],
            Series =
            [
                new ChartSeries("old window", 7, SeriesShape.Line, MethodRole.Window, [.. longest.Select(b => new ChartPoint(b.End, b.ShortPerplexity, double.NaN, double.NaN, $"old window up to {HtmlText.Number(b.End)}: {HtmlText.Number(b.ShortPerplexity, 3)}"))]),
                .. result.Buckets.GroupBy(b => b.Window).Select((g, i) => new ChartSeries(
                    $"{Display.Length(g.Key)} tokens",
                    i % 7,
                    SeriesShape.Line,
                    g.Key == result.Longest ? MethodRole.Winner : MethodRole.Baseline,
                    [.. g.Select(b => new ChartPoint(b.End, b.Perplexity, b.ShortPerplexity * Math.Exp(b.Low), b.ShortPerplexity * Math.Exp(b.High), $"up to {HtmlText.Number(b.End)}: {HtmlText.Number(b.Perplexity, 3)}"))])),
            ],
        }));
        HtmlReport.Table(page, "The numbers of this chart", ["Window", "Position", "Perplexity", "Old window", "Rise (nats)", "Low", "High"], [.. result.Buckets.Select(b => new[]
        {
            HtmlText.Number(b.Window), HtmlText.Number(b.End), HtmlText.Number(b.Perplexity, 3), HtmlText.Number(b.ShortPerplexity, 3), HtmlText.Number(b.Rise, 4), HtmlText.Number(b.Low, 4), HtmlText.Number(b.High, 4),
        })]);
    }

    private static void Retrieval(StringBuilder page, EffectiveResult result)
    {
        page.Append($"<h2>Retrieval: {HtmlText.Escape(result.Grid.Task)}</h2>\n<p class=\"soft\">The window holds while the share of right answers stays above {HtmlText.Number(100 * EffectiveOptions.Retention)} % of that at {HtmlText.Number(result.Original)} tokens.</p>\n");
        HeatMap.Append(page, result.Grid, RetrievalScoring.Choice);
        HtmlReport.Table(page, "Against the old window", ["Window", "Right", "Of", "Spare", "Low", "High"], [.. result.Steps.Select(s => new[]
        {
            HtmlText.Number(s.Length), HtmlText.Number(s.Count.Correct), HtmlText.Number(s.Count.Trials), HtmlText.Number(s.Spare, 3), HtmlText.Number(s.Low, 3), HtmlText.Number(s.High, 3),
        })]);
    }
}
