using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>A run's page: the paper's table, then for each synthetic task and method where in how long a text the answer was found.</summary>
public static class LongEmbedReport
{
    /// <summary>The page's text.</summary>
    public static string Render(LongEmbedResult result, DateTimeOffset date)
    {
        var page = new StringBuilder();
        var model = result.Model;
        HtmlReport.Begin(page, $"{model.Name}: LongEmbed", HeatMap.Style);
        page.Append($"<p class=\"soft\">{HtmlText.Escape(date.ToString("d MMMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture))} on {HtmlText.Escape($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {WorkerPool.NumThreads} threads")}</p>\n<dl>\n");
        HtmlReport.Pair(page, "Model", $"{model.Name} ({model.Architecture}, {model.Positions} positions, {HtmlText.Number(model.Parameters)} parameters, {model.Pooling} pooling)");
        HtmlReport.Pair(page, "Context", $"{HtmlText.Number(model.Window)} tokens as trained, {HtmlText.Number(result.Options.TargetContext!.Value)} wanted");
        HtmlReport.Pair(page, "Prompts", $"query \"{model.QueryPrompt}\", document \"{model.DocumentPrompt}\"");
        page.Append($"</dl>\n<pre>{HtmlText.Escape(result.CommandLine)}</pre>\n<ul>\n");
        foreach (var note in result.Notes)
        {
            page.Append($"<li>{HtmlText.Escape(note)}</li>\n");
        }

        page.Append("</ul>\n");
        Scores(page, result);
        foreach (var task in result.Tasks.Where(t => t.Task.HasDepths))
        {
            foreach (var score in task.Scores)
            {
                HeatMap.Append(
                    page,
                    $"{task.Task.Title} under {score.Method}",
                    $"Share of queries whose document comes first; chance gives {HtmlText.Number(100d / task.Task.Parts[0].Documents.Count)} %. Rows: where in the document the answer lies. Columns: tokens of the documents.",
                    [.. task.Task.Parts.Select(p => p.Length!.Value)],
                    [.. Enumerable.Range(0, TaskScore.Bands).Select(b => $"{100 * b / TaskScore.Bands} .. {100 * (b + 1) / TaskScore.Bands} %")],
                    (length, band) => score.Count(length, band));
            }
        }

        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Scores(StringBuilder page, LongEmbedResult result)
    {
        page.Append("<h2>Scores</h2>\n<p class=\"soft\">Share of first places for passkey, needle and pairs, nDCG@10 for the others, times 100, with 95 % intervals. * best of a task, = not to be told from it on the same queries.</p>\n");
        page.Append("<div class=\"scroll\"><table>\n<thead><tr><th class=\"n\" scope=\"col\">Method</th>");
        foreach (var task in result.Tasks)
        {
            page.Append($"<th scope=\"col\">{HtmlText.Escape(task.Task.Title)}</th>");
        }

        page.Append("<th scope=\"col\">Average</th></tr></thead>\n<tbody>\n");
        foreach (var method in result.Methods)
        {
            page.Append($"<tr><td class=\"n\" title=\"{HtmlText.Escape(method.Spec)}\">{HtmlText.Escape(method.Name)}</td>");
            foreach (var score in result.Tasks.Select(t => t.Scores.First(s => s.Method == method.Name)))
            {
                page.Append($"<td>{Mark(score.Standing)}{HtmlText.Number(100 * score.Score, 1)} <span class=\"soft\">({HtmlText.Number(100 * score.Low, 1)} .. {HtmlText.Number(100 * score.High, 1)})</span></td>");
            }

            page.Append($"<td>{HtmlText.Number(100 * result.Average(method.Name), 1)}</td></tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
        string[] columns = ["Method", "In force", .. result.Tasks.Select(t => t.Task.Title)];
        HtmlReport.Table(page, "Documents that did not fit, of all", columns, [.. result.Methods.Select(m => new[] { m.Name, m.Spec }
            .Concat(result.Tasks.Select(t => t.Scores.First(s => s.Method == m.Name)).Select(s => $"{s.DocumentsCut} of {s.Documents}")).ToArray())]);
    }

    private static string Mark(Standing standing) => standing switch { Standing.Best => "* ", Standing.Tied => "= ", _ => "" };
}
