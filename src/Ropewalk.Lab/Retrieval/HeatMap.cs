using System.Text;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A judgement's grid as an HTML table: a row for each depth, a column for each length, colours by classes because a page's content policy
/// allows no style attributes.</summary>
internal static class HeatMap
{
    /// <summary>Rules of the cells.</summary>
    public static string Style => "\n" + string.Join('\n', Enumerable.Range(0, HeatColour.Steps + 1).Select(i => $"td.h{i} {{ background: #{HeatColour.Of(i).Background}; color: #{HeatColour.Of(i).Foreground}; text-align: center; }}"));

    /// <summary>Appends a heading, the judgement's name unless another is given, and the table.</summary>
    public static void Append(StringBuilder page, RetrievalResult result, RetrievalScoring by, string? title = null)
    {
        var (lengths, depths) = (result.Options.Lengths, result.Options.Depths);
        page.Append($"<h2>{title ?? Title(by)}</h2>\n<p class=\"soft\">Share of right answers; chance gives {HtmlText.Number(100 * result.Chance(by))} %. Rows: where in the haystack the answer lies. Columns: tokens of the window.</p>\n");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th class=\"n\" scope=\"col\">Depth</th>");
        foreach (var length in lengths)
        {
            page.Append($"<th scope=\"col\">{HtmlText.Number(length)}</th>");
        }

        page.Append("</tr></thead>\n<tbody>\n");
        foreach (var depth in depths)
        {
            page.Append($"<tr><td class=\"n\">{HtmlText.Short(100 * depth)} %</td>");
            foreach (var length in lengths)
            {
                Cell(page, result.Count(by, length, depth));
            }

            page.Append("</tr>\n");
        }

        page.Append("<tr class=\"winner\"><td class=\"n\">all</td>");
        foreach (var length in lengths)
        {
            Cell(page, result.Count(by, length));
        }

        page.Append("</tr>\n<tr><td class=\"n\">95 %</td>");
        foreach (var length in lengths)
        {
            var interval = result.Count(by, length).Interval;
            page.Append($"<td>{HtmlText.Number(100 * interval.Low)} .. {HtmlText.Number(100 * interval.High)} %</td>");
        }

        page.Append("</tr>\n</tbody>\n</table></div>\n");
    }

    /// <summary>A judgement's name.</summary>
    public static string Title(RetrievalScoring by) => by == RetrievalScoring.Greedy ? "By greedy decoding" : "By choice among candidates";

    private static void Cell(StringBuilder page, RetrievalCount count) =>
        page.Append($"<td class=\"h{HeatColour.Step(count.Share)}\" title=\"{count.Correct} of {count.Trials}\">{HtmlText.Number(100 * count.Share)} %</td>");
}
