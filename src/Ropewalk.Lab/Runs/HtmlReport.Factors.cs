using System.Globalization;
using System.Text;

namespace Ropewalk.Lab.Runs;

/// <content>The factor curve, what it is worth, and where it came from.</content>
public static partial class HtmlReport
{
    private static void Factors(StringBuilder page, ReportData data, Dictionary<string, int> colours)
    {
        if (data.Factors is not { } factors)
        {
            return;
        }

        page.Append("<h2>Rescale factors</h2>\n<p class=\"soft\">How many times slower each pair turns. Pair 0 turns fastest; from the critical pair on, a full turn is longer than the trained window. Faint lines are earlier bests of the search.</p>\n");
        var used = factors.Series.SelectMany(s => s.Factors).Where(f => double.IsFinite(f) && f > 0).ToArray();
        var wide = used.Length > 0 && used.Max() / used.Min() > 12 && factors.Series.All(s => s.Factors.All(f => !(f <= 0)));
        var numPairs = factors.Series.Select(s => s.Factors.Count).Append(0).Max();
        var every = Math.Max(1, numPairs / 8);
        page.Append("<div class=\"beside\">\n");
        page.Append(SvgChart.Draw(new Chart
        {
            Id = "factors",
            Title = "Rescale factor of each pair",
            Description = $"One line a factor set: {string.Join(", ", factors.Series.Select(s => s.Name))}.",
            XLabel = "pair",
            YLabel = "rescale factor",
            YKind = wide ? ScaleKind.Log10 : ScaleKind.Linear,
            Series = [.. factors.Ghosts.Concat(factors.Series.OrderBy(s => s.Role == MethodRole.Winner)).Select(s => new ChartSeries(
                s.Name,
                s.Role == MethodRole.Ghost ? 0 : colours[s.Name],
                SeriesShape.Line,
                s.Role,
                [.. s.Factors.Select((f, i) => new ChartPoint(i, f, double.NaN, double.NaN, $"{s.Name}, pair {i}: {HtmlText.Short(f)}"))]))],
            Marks = factors.CriticalPair is { } critical ? [(critical, "critical pair")] : [],
            TopTicks = [.. factors.WavelengthTokens.Select((w, i) => ((double)i, Wavelength(w))).Where((_, i) => i % every == 0 && i < numPairs)],
            TopLabel = "wavelength (tokens)",
        }));
        WinnerByLength(page, data);
        page.Append("</div>\n");
        Lineage(page, factors.Lineage);
        Table(page, "The numbers of this chart", ["Pair", "Wavelength", .. factors.Series.Select(s => s.Name)], [.. Enumerable.Range(0, numPairs).Select(i => (string[])
        [
            i.ToString(CultureInfo.InvariantCulture),
            i < factors.WavelengthTokens.Count ? HtmlText.Number(factors.WavelengthTokens[i], 1) : "-",
            .. factors.Series.Select(s => i < s.Factors.Count ? HtmlText.Number(s.Factors[i], 4) : "-"),
        ])]);
    }

    private static string Wavelength(double tokens) => tokens >= 9.95 ? HtmlText.Number(tokens) : HtmlText.Number(tokens, 1);

    /// <summary>What the curve beside it is worth, length by length.</summary>
    private static void WinnerByLength(StringBuilder page, ReportData data)
    {
        if (data.Curves.FirstOrDefault(c => c.Role == MethodRole.Winner) is not { Points.Count: > 0 } winner)
        {
            return;
        }

        page.Append("<div><table>\n<thead><tr><th scope=\"col\">Tokens</th><th scope=\"col\">Perplexity</th></tr></thead>\n<tbody>\n");
        foreach (var point in winner.Points.OrderBy(p => p.Length))
        {
            page.Append($"<tr><td>{HtmlText.Number(point.Length)}</td><td>{HtmlText.Number(point.Perplexity, 3)}</td></tr>\n");
        }

        page.Append($"</tbody>\n</table><p class=\"soft\">{E(winner.Method)} on held-out text</p></div>\n");
    }

    private static void Lineage(StringBuilder page, IReadOnlyList<ReportAncestor> lineage)
    {
        if (lineage.Count == 0)
        {
            return;
        }

        Table(page, $"Lineage of the winner: {HtmlText.Number(lineage.Count)} steps from a seed", ["Origin", "Candidate", "Round", "Perplexity", "Factors"], [.. lineage.Select(a => new[]
        {
            a.Origin, HtmlText.Number(a.Candidate), HtmlText.Number(a.Round), HtmlText.Number(a.Perplexity, 4), Sparkline.OfFactors(a.Factors),
        })]);
    }
}
