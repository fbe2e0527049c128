using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A grid as a heat map in the terminal. The digits are always there, so that it reads without colours.</summary>
internal static class RetrievalTable
{
    public static void Write(TextWriter output, RetrievalRun run)
    {
        var console = Terminal.On(output);
        var result = run.Result;
        foreach (var by in result.Judgements)
        {
            var name = by == RetrievalScoring.Greedy ? "greedy decoding" : "choice";
            var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{result.Task} by {name}: % right, by depth and tokens of the window") };
            table.AddColumn("depth");
            foreach (var length in result.Options.Lengths)
            {
                table.AddColumn(new TableColumn(Display.Length(length)).RightAligned());
            }

            foreach (var depth in result.Options.Depths)
            {
                table.AddRow([$"{100 * depth:0.##} %", .. result.Options.Lengths.Select(n => Cell(result.Count(by, n, depth)))]);
            }

            table.AddRow(["all", .. result.Options.Lengths.Select(n => Cell(result.Count(by, n)))]);
            table.AddRow(["95 %", .. result.Options.Lengths.Select(n => result.Count(by, n).Interval is var i ? $"{100 * i.Low:0} .. {100 * i.High:0}" : "")]);
            console.Write(table);
        }

        output.WriteLine($"{run.Model.Name}, {(run.Plan == "full" ? run.Scaling : $"{run.Scaling}, {run.Plan}")}; window as trained {Display.Length(run.Model.OriginalLength)}; {result.Trials.Count:N0} trials in {Display.Duration(run.Seconds)}");
        output.WriteLine($"protocol: {run.Protocol}");
    }

    private static string Cell(RetrievalCount count)
    {
        var colour = HeatColour.Of(HeatColour.Step(count.Share));
        return $"[#{colour.Foreground} on #{colour.Background}] {100 * count.Share,3:0} [/]";
    }
}
