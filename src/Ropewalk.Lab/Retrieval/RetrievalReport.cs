using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Retrieval;

/// <summary>A grid's page: heat maps with their numbers, and every trial.</summary>
public static class RetrievalReport
{
    /// <summary>The page's text.</summary>
    public static string Render(RetrievalRun run, DateTimeOffset date)
    {
        var result = run.Result;
        var page = new StringBuilder();
        HtmlReport.Begin(page, $"{run.Model.Name}: {result.Task}", HeatMap.Style);
        page.Append($"<p class=\"soft\">{HtmlText.Escape(date.ToString("d MMMM yyyy, HH:mm zzz", CultureInfo.InvariantCulture))} on {HtmlText.Escape($"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {WorkerPool.NumThreads} threads; {Display.Duration(run.Seconds)}")}</p>\n<dl>\n");
        HtmlReport.Pair(page, "Model", $"{run.Model.Name} ({run.Model.Architecture}, {HtmlText.Number(run.Model.Parameters)} parameters, window of {HtmlText.Number(run.Model.OriginalLength)} tokens as trained)");
        HtmlReport.Pair(page, "Positions", run.Plan == "full" ? run.Scaling : $"{run.Scaling}, {run.Plan}");
        HtmlReport.Pair(page, "Protocol", run.Protocol);
        page.Append($"</dl>\n<pre>{HtmlText.Escape(run.CommandLine)}</pre>\n");
        foreach (var by in result.Judgements)
        {
            HeatMap.Append(page, result, by);
        }

        page.Append("<h2>Trials</h2>\n");
        HtmlReport.Table(page, "All trials", ["Window", "Depth", "Trial", "Answer", "Generated", "Chosen", "Margin (nats)"], [.. result.Trials.Select(t => new[]
        {
            HtmlText.Number(t.Length), $"{HtmlText.Short(100 * t.Depth)} %", HtmlText.Number(t.Trial + 1), t.Answer, t.Generated ?? "-", t.Chosen ?? "-", t.Margin is { } m ? HtmlText.Number(m, 3) : "-",
        })]);
        return page.Append("</main>\n</body>\n</html>\n").ToString();
    }
}
