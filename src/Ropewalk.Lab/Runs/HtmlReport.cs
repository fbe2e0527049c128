using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Runs;

/// <summary>
/// A run's report as one self-contained page: no script, no network, no fonts, charts as inline SVG, each with its numbers
/// in a table. Its content policy lets the browser apply this one style sheet, by hash, and nothing else.
/// </summary>
/// <remarks>The same data give the same bytes. The page is well-formed XML too.</remarks>
public static partial class HtmlReport
{
    private const int MaxTableRows = 200;
    private const int NumColours = 8;

    /// <summary>The page's text.</summary>
    public static string Render(ReportData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var page = new StringBuilder();
        var colours = Colours(data);
        Head(page, data);
        Curves(page, data, colours);
        Comparison(page, data);
        foreach (var (title, grid) in data.Retrieval)
        {
            HeatMap.Append(page, grid, RetrievalScoring.Greedy, title);
        }

        Search(page, data);
        Factors(page, data, colours);
        Receipt(page, data);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    /// <summary>Writes the page beside its place and renames it: a reader never sees half of it.</summary>
    public static void Save(string path, ReportData data)
    {
        AtomicFile.WriteAllText(path, Render(data));
    }

    /// <summary>A page up to its heading.</summary>
    /// <param name="page">Takes it.</param>
    /// <param name="title">Heading and title.</param>
    /// <param name="moreStyle">Rules beside the common ones.</param>
    internal static void Begin(StringBuilder page, string title, string moreStyle = "")
    {
        // A browser hashes the style with line feeds alone, whatever line ends the checkout of this source has.
        var style = "\n" + (Style + moreStyle).ReplaceLineEndings("\n") + "\n";
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)));
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        page.Append($"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'\"/>\n");
        page.Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<meta name=\"referrer\" content=\"no-referrer\"/>\n");
        page.Append($"<title>{E(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{E(title)}</h1>\n");
    }

    private static void Head(StringBuilder page, ReportData data)
    {
        Begin(page, data.Title, data.Retrieval.Count > 0 ? HeatMap.Style : "");
        page.Append($"<p class=\"soft\">{E(data.Date.ToString("d MMMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture))} on {E(data.Host)}</p>\n");
        page.Append($"<p class=\"verdict\">{E(data.Verdict)}</p>\n");
        var model = data.Model;
        var factor = model.OriginalLength > 0 ? (double)data.TargetLength / model.OriginalLength : double.NaN;
        page.Append("<dl>\n");
        Pair(page, "Model", $"{model.Name} ({model.Architecture}, {HtmlText.Number(model.Parameters)} parameters)");
        Pair(page, "Context", $"{HtmlText.Number(model.OriginalLength)} tokens as trained, {HtmlText.Number(data.TargetLength)} wanted ({HtmlText.Short(factor)} times)");
        Pair(page, "Rotation", $"{HtmlText.Number(model.RotaryPairs)} pairs, base {HtmlText.Number(model.ThetaBase)}");
        page.Append("</dl>\n");
        page.Append($"<pre>{E(data.CommandLine)}</pre>\n");
        if (data.Notes.Count > 0)
        {
            page.Append("<ul>\n");
            foreach (var note in data.Notes)
            {
                page.Append($"<li>{E(note)}</li>\n");
            }

            page.Append("</ul>\n");
        }
    }

    private static void Curves(StringBuilder page, ReportData data, Dictionary<string, int> colours)
    {
        if (data.Curves.Count > 0)
        {
            page.Append("<h2>Perplexity by length</h2>\n<p class=\"soft\">Lower is better. Whiskers are 95 % intervals.</p>\n");
            CurveChart(page, "length", "Perplexity by length of the window", "length (tokens)", data.Curves, colours, data.Model.OriginalLength, data.TargetLength);
        }

        if (data.ByPosition.Count > 0)
        {
            page.Append("<h2>Perplexity by position</h2>\n<p class=\"soft\">Within one long window: a line that falls or stays level uses its context; one that climbs has lost it.</p>\n");
            CurveChart(page, "position", "Perplexity by position within the window", "position, end of bucket (tokens)", data.ByPosition, colours, data.Model.OriginalLength, 0);
        }
    }

    private static void CurveChart(
        StringBuilder page, string id, string title, string xLabel, IReadOnlyList<ReportCurve> curves, Dictionary<string, int> colours, long original, long target)
    {
        var marks = new List<(double, string)>();
        if (original > 0)
        {
            marks.Add((original, "trained"));
        }

        if (target > original)
        {
            marks.Add((target, "wanted"));
        }

        var chart = new Chart
        {
            Id = id,
            Title = title,
            Description = $"One line a method: {string.Join(", ", curves.Select(c => c.Method))}. The numbers are in the table below.",
            XLabel = xLabel,
            YLabel = "perplexity",
            XKind = ScaleKind.Log2,
            YKind = ScaleKind.Log10,
            Marks = marks,
            // The winner last, so that it lies on top.
            Series = [.. curves.OrderBy(c => c.Role == MethodRole.Winner).Select(c => new ChartSeries(
                c.Method,
                colours[c.Method],
                SeriesShape.Line,
                c.Role,
                [.. c.Points.OrderBy(p => p.Length).Select(p => new ChartPoint(p.Length, p.Perplexity, p.Low, p.High, Tip(c.Method, p)))]))],
        };
        page.Append(SvgChart.Draw(chart));
        Table(page, "The numbers of this chart", ["Method", "Tokens", "Perplexity", "95 % low", "95 % high"], [.. curves.SelectMany(c => c.Points.Select(p => new[]
        {
            c.Method, HtmlText.Number(p.Length), HtmlText.Number(p.Perplexity, 3), HtmlText.Number(p.Low, 3), HtmlText.Number(p.High, 3),
        }))]);
    }

    private static string Tip(string method, ReportPoint point)
    {
        var interval = double.IsFinite(point.Low) && double.IsFinite(point.High)
            ? $" ({HtmlText.Number(point.Low, 3)} to {HtmlText.Number(point.High, 3)})"
            : "";
        return $"{method}, {HtmlText.Number(point.Length)} tokens: {HtmlText.Number(point.Perplexity, 3)}{interval}";
    }

    private static void Comparison(StringBuilder page, ReportData data)
    {
        if (data.Table.Count == 0)
        {
            return;
        }

        var timed = data.Table.Any(r => double.IsFinite(r.Seconds));
        page.Append($"<h2>Comparison</h2>\n<p class=\"soft\">{E(data.TableNote)}</p>\n");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th class=\"n\" scope=\"col\">Method</th>");
        string[] columns = ["Length", "Perplexity", "95 % interval", "Bits/byte", "Difference", "95 % interval", "Tokens scored", .. timed ? ["Seconds"] : Array.Empty<string>()];
        foreach (var name in columns)
        {
            page.Append($"<th scope=\"col\">{name}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var row in data.Table)
        {
            page.Append(row.Role == MethodRole.Winner ? "<tr class=\"winner\">" : "<tr>");
            page.Append($"<td class=\"n\">{E(row.Method)}</td><td>{HtmlText.Number(row.Length)}</td><td>{HtmlText.Number(row.Perplexity, 3)}</td>");
            page.Append($"<td>{Interval(row.Low, row.High)}</td><td>{HtmlText.Number(row.BitsPerByte, 3)}</td><td>{HtmlText.Number(row.DifferenceNats, 3)}</td>");
            page.Append($"<td>{Interval(row.DifferenceLow, row.DifferenceHigh)}</td><td>{HtmlText.Number(row.Tokens)}</td>{(timed ? $"<td>{HtmlText.Number(row.Seconds, 3)}</td>" : "")}</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static string Interval(double low, double high) =>
        double.IsFinite(low) && double.IsFinite(high) ? $"{HtmlText.Number(low, 3)} .. {HtmlText.Number(high, 3)}" : "-";

    private static void Search(StringBuilder page, ReportData data)
    {
        if (data.SearchProgress is not { } search)
        {
            return;
        }

        page.Append("<h2>Search</h2>\n");
        var finite = search.Candidates.Select(c => c.Perplexity).Where(double.IsFinite).Order().ToArray();
        var best = search.Best.Select(b => b.Perplexity).Where(double.IsFinite).DefaultIfEmpty(double.NegativeInfinity).Max();
        // The worst candidates are no news and would squeeze the rest into a line.
        var ceiling = finite.Length == 0 ? best : finite[(int)((finite.Length - 1) * 0.8)];
        var above = search.Candidates.Count(c => !(c.Perplexity <= ceiling));
        page.Append($"<p class=\"soft\">{HtmlText.Number(search.Candidates.Count)} candidates on every search window, each a dot; the line is the best so far. Searched on other text than the tables above are measured on.");
        page.Append(search.Dropped > 0 ? $" {HtmlText.Number(search.Dropped)} more ran on some of the windows only: what they had there compares with nothing." : "");
        page.Append(above > 0 ? $" {HtmlText.Number(above)} above {HtmlText.Number(ceiling, 3)}, or without a finite value, are not drawn.</p>\n" : "</p>\n");
        page.Append(SvgChart.Draw(new Chart
        {
            Id = "search",
            Title = "Search progress",
            Description = "Perplexity of each candidate and the best so far, by number of evaluations.",
            XLabel = "evaluations",
            YLabel = "perplexity on the search windows",
            YKind = ScaleKind.Log10,
            Series =
            [
                new ChartSeries("candidates", 1, SeriesShape.Dots, MethodRole.Baseline,
                    [.. search.Candidates.Where(c => c.Perplexity <= ceiling).Select(c => new ChartPoint(c.Evaluation, c.Perplexity, double.NaN, double.NaN, ""))]),
                new ChartSeries("best so far", 0, SeriesShape.Steps, MethodRole.Winner,
                    [.. search.Best.Where(b => b.Perplexity <= ceiling).OrderBy(b => b.Evaluations).Select(b => new ChartPoint(b.Evaluations, b.Perplexity, double.NaN, double.NaN,
                        $"iteration {b.Iteration}, {HtmlText.Number(b.Evaluations)} evaluations: {HtmlText.Number(b.Perplexity, 4)}"))]),
            ],
        }));
        Table(page, "Best so far, in numbers", ["Iteration", "Evaluations", "Best perplexity"], [.. search.Best.Select(b => new[]
        {
            b.Iteration.ToString(CultureInfo.InvariantCulture), HtmlText.Number(b.Evaluations), HtmlText.Number(b.Perplexity, 4),
        })]);
        Table(page, "All candidates, in numbers", ["Candidate", "Perplexity"], [.. search.Candidates.Select(c => new[] { HtmlText.Number(c.Evaluation), HtmlText.Number(c.Perplexity, 4) })]);
    }

    private static void Receipt(StringBuilder page, ReportData data)
    {
        if (data.Receipt.Count > 0)
        {
            page.Append("<h2>Receipt</h2>\n<dl>\n");
            foreach (var (key, value) in data.Receipt)
            {
                Pair(page, key, value);
            }

            page.Append("</dl>\n");
        }

        if (data.Files.Count > 0)
        {
            page.Append("<h2>Files</h2>\n<ul>\n");
            foreach (var file in data.Files)
            {
                page.Append($"<li><code>{E(file)}</code></li>\n");
            }

            page.Append("</ul>\n");
        }
    }

    /// <summary>A term and what is said of it, inside of a list of them.</summary>
    internal static void Pair(StringBuilder page, string key, string value) =>
        page.Append($"<dt>{E(key)}</dt><dd>{E(value)}</dd>\n");

    /// <summary>A chart's numbers, folded away; of very many rows evenly spaced ones, and it says so.</summary>
    internal static void Table(StringBuilder page, string caption, string[] names, string[][] rows)
    {
        var stride = ((rows.Length - 1) / MaxTableRows) + 1;
        var shown = stride > 1 ? $" (1 of {stride} of {HtmlText.Number(rows.Length)} rows; all are in the records)" : "";
        page.Append($"<details><summary>{E(caption)}{shown}</summary>\n<div class=\"scroll\"><table>\n<thead><tr>");
        for (var i = 0; i < names.Length; i++)
        {
            page.Append($"<th{First(i)} scope=\"col\">{E(names[i])}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        for (var i = 0; i < rows.Length; i += Math.Max(1, stride))
        {
            page.Append("<tr>");
            for (var j = 0; j < rows[i].Length; j++)
            {
                page.Append($"<td{First(j)}>{E(rows[i][j])}</td>");
            }

            page.Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div></details>\n");

        static string First(int column) => column == 0 ? " class=\"n\"" : "";
    }

    /// <summary>A method keeps its colour from chart to chart; 0 is the winner's.</summary>
    private static Dictionary<string, int> Colours(ReportData data)
    {
        var colours = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = 0;
        var all = data.Curves.Concat(data.ByPosition).Select(c => (c.Method, c.Role))
            .Concat(data.Factors?.Series.Select(s => (s.Name, s.Role)) ?? []);
        foreach (var (name, role) in all)
        {
            if (!colours.ContainsKey(name))
            {
                colours[name] = role == MethodRole.Winner && !colours.ContainsValue(0) ? 0 : 1 + (next++ % (NumColours - 1));
            }
        }

        return colours;
    }

    private static string E(string text) => HtmlText.Escape(text);
}
