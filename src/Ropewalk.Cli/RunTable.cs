using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>Runs in the terminal.</summary>
internal static class RunTable
{
    public static void List(TextWriter output, IReadOnlyList<RunSummary> runs, string root)
    {
        if (runs.Count == 0)
        {
            output.WriteLine($"no runs beneath {root}");
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (var name in new[] { "run", "state", "command", "model", "window" })
        {
            table.AddColumn(name);
        }

        foreach (var name in new[] { "best perplexity", "evaluations", "time" })
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var run in runs)
        {
            table.AddRow(
                Cell(run.Folder),
                State(run),
                Cell(run.Manifest?.Kind ?? ""),
                Cell(run.Manifest?.Model ?? ""),
                run.Manifest is { } m ? $"{Display.Length(m.OriginalContext)} to {Display.Length(m.TargetContext)}" : "",
                run.BestPerplexity is { } best ? $"{best:F4}" : "",
                $"{run.Evaluations:N0}",
                Display.Duration(run.Seconds));
        }

        Terminal.On(output).Write(table);
        foreach (var run in runs.Where(r => r.Damage is not null))
        {
            output.WriteLine($"{(run.State == RunState.Damaged ? "damaged" : "note")}: {Printable.OneLine(run.Damage!)}");
        }
    }

    public static void Show(TextWriter output, RunSummary run)
    {
        var console = Terminal.On(output);
        output.WriteLine($"{run.Folder}: {State(run)}{(run.Manifest is { } m ? $", {m.Model} from {Display.Length(m.OriginalContext)} to {Display.Length(m.TargetContext)} tokens, begun {m.Started:yyyy-MM-dd HH:mm}" : "")}");
        if (run.Manifest is not null)
        {
            output.WriteLine($"{Printable.OneLine(run.Manifest.CommandLine)}");
        }

        if (run.Damage is { } damage)
        {
            output.WriteLine($"note: {Printable.OneLine(damage)}");
        }

        if (run.Stages.Count > 0)
        {
            var table = new Table { Border = TableBorder.Simple };
            table.AddColumn("part");
            table.AddColumn(new TableColumn("recorded").RightAligned());
            table.AddColumn(new TableColumn("best perplexity").RightAligned());
            foreach (var stage in run.Stages)
            {
                table.AddRow(Cell(stage.Name), $"{stage.Entries:N0}", stage.BestPerplexity is { } best ? $"{best:F4}" : "");
            }

            console.Write(table);
        }

        if (run.Progress.Count > 0)
        {
            output.WriteLine("best perplexity on the search windows, by candidates evaluated");
            foreach (var line in TextPlot.Steps([.. run.Progress.Select(p => ((double)p.Evaluations, p.Perplexity))], Math.Max(run.Progress[^1].Evaluations, run.Candidates)))
            {
                output.WriteLine(line);
            }
        }

        output.WriteLine($"{run.Evaluations:N0} evaluations recorded, {Display.Duration(run.Seconds)} of work");
        if (run.Resume is { } resume)
        {
            output.WriteLine($"this continues: {resume}");
        }
    }

    private static string State(RunSummary run) => run.State.ToString().ToLowerInvariant();

    private static string Cell(string text) => Markup.Escape(Printable.OneLine(text, 80));
}
