using Ropewalk.Lab.Effective;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>An effective window in the terminal.</summary>
internal static class EffectiveTable
{
    public static void Write(TextWriter output, EffectiveResult result, string? folder)
    {
        var console = Terminal.On(output);
        var positions = new Table { Border = TableBorder.Simple, Title = new TableTitle("Perplexity by position") };
        positions.AddColumn("positions up to");
        if (result.Buckets.Any(b => b.Window != result.Longest))
        {
            positions.AddColumn(new TableColumn("in windows of").RightAligned());
        }

        var hasWindows = positions.Columns.Count == 2;
        positions.AddColumn(new TableColumn("perplexity").RightAligned());
        positions.AddColumn(new TableColumn($"of the same tokens at the end of {Display.Length(result.Original)}").RightAligned());
        positions.AddColumn(new TableColumn("rise, % (95 %, all together)").RightAligned());
        foreach (var b in result.Buckets)
        {
            positions.AddRow([Display.Length(b.End), .. hasWindows ? [Display.Length(b.Window)] : Array.Empty<string>(), $"{b.Perplexity:F3}", $"{b.ShortPerplexity:F3}", $"{Percent(b.Rise)} ({Percent(b.Low)} .. {Percent(b.High)})"]);
        }

        console.Write(positions);
        var retrieval = new Table { Border = TableBorder.Simple, Title = new TableTitle($"Retrieval: {result.Grid.Task} by choice among {result.Options.Candidates}") };
        retrieval.AddColumn("window");
        retrieval.AddColumn(new TableColumn("% right (95 %)").RightAligned());
        retrieval.AddColumn(new TableColumn($"% right above {100 * EffectiveOptions.Retention:0} % of the old window's (95 %)").RightAligned());
        var old = result.Grid.Count(RetrievalScoring.Choice, result.Original);
        retrieval.AddRow(Display.Length(result.Original), Share(old), "");
        foreach (var s in result.Steps)
        {
            retrieval.AddRow(Display.Length(s.Length), Share(s.Count), $"{100 * s.Spare:+0.0;-0.0} ({100 * s.Low:+0.0;-0.0} .. {100 * s.High:+0.0;-0.0})");
        }

        console.Write(retrieval);
        output.WriteLine($"{result.Model.Name}, {(result.Plan == "full" ? result.Scaling : $"{result.Scaling}, {result.Plan}")}; {Display.Duration(result.Seconds)}");
        output.WriteLine($"protocol: {result.Protocol}");
        output.WriteLine($"short window: perplexity at {Display.Length(result.Original)} tokens {Percent(result.ShortLoss.Value, isNats: false)} % against the original model (95 % {Percent(result.ShortLoss.Low, isNats: false)} .. {Percent(result.ShortLoss.High, isNats: false)})");
        output.WriteLine($"by perplexity: {Limit(result.ByPerplexity)}; by retrieval: {(result.ByRetrieval is { } r ? Limit(r) : "no better than chance at the old window, not judged")}");
        output.WriteLine();
        output.WriteLine($"verdict: {result.Verdict}");
        if (folder is not null)
        {
            output.WriteLine($"report: {Path.Combine(folder, "report.html")}");
        }
    }

    private static string Percent(double value, bool isNats = true) => $"{100 * (isNats ? Math.Exp(value) - 1 : value):+0.0;-0.0;+0.0}";

    private static string Share(RetrievalCount count) => $"{100 * count.Share:0.0} ({100 * count.Interval.Low:0.0} .. {100 * count.Interval.High:0.0})";

    private static string Limit(EffectiveLimit limit) => $"{Display.Length(limit.Value)} tokens ({Display.Length(limit.Low)} .. {Display.Length(limit.High)})";
}
