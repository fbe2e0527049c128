using System.Text;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Shares of right answers as an HTML table: a row for each depth, a column for each length, colours by classes because a page's content policy
/// allows no style attributes.</summary>
internal static class HeatMap
{
    /// <summary>Rules of the cells.</summary>
    public static string Style => "\n" + string.Join('\n', Enumerable.Range(0, HeatColour.Steps + 1).Select(i => $"td.h{i} {{ background: #{HeatColour.Of(i).Background}; color: #{HeatColour.Of(i).Foreground}; text-align: center; }}"));

    /// <summary>Appends a heading, the judgement's name unless another is given, and the table of its grid.</summary>
    public static void Append(StringBuilder page, RetrievalResult result, RetrievalScoring by, string? title = null)
    {
        var (lengths, depths) = (result.Options.Lengths, result.Options.Depths);
        Append(
            page,
            title ?? Title(by),
            $"Share of right answers; chance gives {HtmlText.Number(100 * result.Chance(by))} %. Rows: where in the haystack the answer lies. Columns: tokens of the window.",
            lengths,
            [.. depths.Select(d => $"{HtmlText.Short(100 * d)} %")],
            (length, depth) => result.Count(by, length, depth is { } d ? depths[d] : null));
    }

    /// <summary>Appends a heading and a table.</summary>
    /// <param name="page">Takes them.</param>
    /// <param name="title">The heading.</param>
    /// <param name="note">What the table shows.</param>
    /// <param name="lengths">Columns.</param>
    /// <param name="depths">Names of rows.</param>
    /// <param name="count">The answers at a length and a row's index, or at a length in all for null.</param>
    public static void Append(StringBuilder page, string title, string note, IReadOnlyList<int> lengths, IReadOnlyList<string> depths, Func<int, int?, RetrievalCount> count)
    {
        page.Append($"<h2>{HtmlText.Escape(title)}</h2>\n<p class=\"soft\">{note}</p>\n");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th class=\"n\" scope=\"col\">Depth</th>");
        foreach (var length in lengths)
        {
            page.Append($"<th scope=\"col\">{HtmlText.Number(length)}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        for (var depth = 0; depth < depths.Count; depth++)
        {
            page.Append($"<tr><td class=\"n\">{depths[depth]}</td>");
            foreach (var length in lengths)
            {
                Cell(page, count(length, depth));
            }

            page.Append("</tr>\n");
        }

        page.Append("<tr class=\"winner\"><td class=\"n\">all</td>");
        foreach (var length in lengths)
        {
            Cell(page, count(length, null));
        }

        page.Append("</tr>\n<tr><td class=\"n\">95 %</td>");
        foreach (var length in lengths)
        {
            var interval = count(length, null).Interval;
            page.Append($"<td>{HtmlText.Number(100 * interval.Low)} .. {HtmlText.Number(100 * interval.High)} %</td>");
        }

        page.Append("</tr>\n</tbody>\n</table></div>\n");
    }

    /// <summary>A judgement's name.</summary>
    public static string Title(RetrievalScoring by) => by == RetrievalScoring.Greedy ? "By greedy decoding" : "By choice among candidates";

    private static void Cell(StringBuilder page, RetrievalCount count) => page.Append(count.Trials == 0
        ? "<td>-</td>"
        : $"<td class=\"h{HeatColour.Step(count.Share)}\" title=\"{count.Correct} of {count.Trials}\">{HtmlText.Number(100 * count.Share)} %</td>");
}
