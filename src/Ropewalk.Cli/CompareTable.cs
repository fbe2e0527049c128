using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>The result of a comparison in the terminal.</summary>
internal static class CompareTable
{
    public static void Write(TextWriter output, CompareResult result, bool byPosition)
    {
        var console = Terminal.On(output);
        var target = result.AtTarget;
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("Perplexity on held-out text, by window: * best, = not to be told from the best, - the model as it is") };
        table.AddColumn("method");
        foreach (var length in result.Lengths)
        {
            table.AddColumn(new TableColumn(Display.Length(length.Length)).RightAligned());
        }

        table.AddColumn(new TableColumn($"95 % at {Display.Length(target.Length)}").RightAligned());
        table.AddColumn(new TableColumn("nats above best (95 %)").RightAligned());
        table.AddColumn(new TableColumn("seconds").RightAligned());
        foreach (var row in target.Rows)
        {
            var method = row.Cell.Method;
            var cells = result.Lengths.Select(l => l.Of(method) is { } r ? Cell(r) : "-  ").ToList();
            cells.Add($"{row.Perplexity.Low:F3} .. {row.Perplexity.High:F3}");
            cells.Add(row.Standing == Standing.Best ? "" : $"{row.Difference:+0.0000;-0.0000} ({row.Low:+0.0000;-0.0000} .. {row.High:+0.0000;-0.0000})");
            cells.Add($"{result.SecondsOf(method):F1}");
            table.AddRow([Name(method, row.Standing), .. cells]);
        }

        console.Write(table);
        if (byPosition)
        {
            PositionTable.Write(console, result);
        }

        output.WriteLine($"{result.Protocol}; intervals: paired bootstrap over {target.BootstrapUnit}");
        foreach (var tuned in result.Tuned)
        {
            output.WriteLine($"{tuned.Method}, tuned on other text at {Display.Length(target.Length)} tokens: {tuned.Spec}");
        }

        output.WriteLine($"{target.Windows} windows of {Display.Length(target.Length)} tokens, {target.Best.Perplexity.Tokens:N0} scored tokens a method; {Display.Duration(result.Times.Sum(t => t.Seconds))} of measuring");
        output.WriteLine();
        output.WriteLine($"verdict: {result.Verdict}");
        foreach (var note in result.Notes)
        {
            output.WriteLine($"note: {note}");
        }

        output.WriteLine($"report: {Path.Combine(result.Out, "report.html")}");
    }

    private static string Cell(ComparedRow row)
    {
        var text = row.Perplexity.Value < 1e6 ? $"{row.Perplexity.Value:F3}" : $"{row.Perplexity.Value:0.##E+0}";
        return row.Standing switch
        {
            Standing.Best => $"[bold]{text} *[/]",
            Standing.Tied => $"{text} =",
            _ => $"{text}  ",
        };
    }

    private static string Name(string method, Standing standing) => standing == Standing.Best ? $"[bold]{Markup.Escape(method)}[/]" : Markup.Escape(method);
}
