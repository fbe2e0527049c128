using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A run of LongEmbed in the terminal: the paper's table, what did not fit, and the tasks with lengths by length.</summary>
internal static class LongEmbedTable
{
    public static void Write(TextWriter output, LongEmbedResult result)
    {
        var console = Terminal.On(output);
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("LongEmbed, times 100 (95 %): * best of a task, = not to be told from it") };
        table.AddColumn("method");
        foreach (var task in result.Tasks)
        {
            table.AddColumn(new TableColumn($"{task.Task.Title}{(task.Task.Cutoff == 1 ? "" : $" @{task.Task.Cutoff}")}").RightAligned());
        }

        table.AddColumn(new TableColumn("average").RightAligned());
        foreach (var method in result.Methods)
        {
            table.AddRow([Markup.Escape(method.Name), .. result.Tasks.Select(t => Cell(Of(t, method))), $"{100 * result.Average(method.Name):F1}"]);
        }

        console.Write(table);
        foreach (var task in result.Tasks.Where(t => t.Task.HasLengths))
        {
            ByLength(console, task, result.Methods);
        }

        NotFitting(console, result);
        var model = result.Model;
        output.WriteLine($"{model.Name}: {model.Architecture}, {model.Positions} positions, {model.Pooling} pooling, {Display.Length(model.Window)} to {Display.Length(result.Options.TargetContext!.Value)} tokens; query prompt \"{model.QueryPrompt}\", document prompt \"{model.DocumentPrompt}\"");
        foreach (var method in result.Methods.Where(m => m.Spec != m.Name))
        {
            output.WriteLine($"{method.Name}: {method.Spec}");
        }

        output.WriteLine($"{result.TokensEvaluated:N0} tokens in {Display.Duration(result.Elapsed)}; report: {Path.Combine(result.Out, "report.html")}; MTEB's files: {Path.Combine(result.Out, "mteb")}");
    }

    private static void ByLength(IAnsiConsole console, TaskResult task, IReadOnlyList<EmbedderMethod> methods)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{task.Task.Name}: % of first places, by tokens of the documents") };
        table.AddColumn("method");
        foreach (var part in task.Task.Parts)
        {
            table.AddColumn(new TableColumn(Display.Length(part.Length!.Value)).RightAligned());
        }

        foreach (var method in methods)
        {
            table.AddRow([Markup.Escape(method.Name), .. task.Task.Parts.Select(p => Share(Of(task, method).Count(p.Length, null)))]);
        }

        console.Write(table);
    }

    private static void NotFitting(IAnsiConsole console, LongEmbedResult result)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("Documents that did not fit, so that their ends were not read") };
        table.AddColumn("method");
        foreach (var task in result.Tasks)
        {
            table.AddColumn(new TableColumn($"{task.Task.Title} of {task.Scores[0].Documents:N0}").RightAligned());
        }

        foreach (var method in result.Methods)
        {
            table.AddRow([Markup.Escape(method.Name), .. result.Tasks.Select(t => $"{Of(t, method).DocumentsCut:N0}")]);
        }

        console.Write(table);
    }

    private static TaskScore Of(TaskResult task, EmbedderMethod method) => task.Scores.First(s => s.Method == method.Name);

    private static string Cell(TaskScore score) =>
        $"{score.Standing switch { Standing.Best => "* ", Standing.Tied => "= ", _ => "" }}{100 * score.Score:F1} ({100 * score.Low:F0} .. {100 * score.High:F0})";

    private static string Share(RetrievalCount count)
    {
        var colour = HeatColour.Of(HeatColour.Step(count.Share));
        return $"[#{colour.Foreground} on #{colour.Background}] {100 * count.Share,3:0} [/]";
    }
}
