using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A study of embedders in the terminal.</summary>
internal static class EmbedderStudyTables
{
    public static void Write(TextWriter output, EmbedderStudyResult result, string folder)
    {
        var console = Terminal.On(output);
        foreach (var table in result.Tables)
        {
            var drawn = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{Markup.Escape(table.Model)} to {Display.Length(table.Target)} tokens, times 100 (95 %): * best of a task, = not to be told from it") };
            drawn.AddColumn("method");
            foreach (var column in table.Rows[0].Scores.Select(s => s.Task).Append("average").Append($"average at {Display.Length(result.ShortLength)}"))
            {
                drawn.AddColumn(new TableColumn(column).RightAligned());
            }

            foreach (var row in table.Rows)
            {
                drawn.AddRow([Markup.Escape(row.Method), .. row.Scores.Select(Cell), $"{100 * row.Average:F1}", $"{100 * row.Short:F1}"]);
            }

            console.Write(drawn);
        }

        Summary(console, result);
        output.WriteLine($"shares of first places over {result.Seeds} seeds with Wilson's interval, which takes all queries as independent (those of a seed share their documents); real texts: nDCG@10, the bootstrap's interval, measured once; the last column is of passkey, needle and pairs, documents of {Display.Length(result.ShortLength)} tokens");
        output.WriteLine($"{result.TokensEvaluated:N0} tokens; written: {Path.Combine(folder, EmbedderStudyJob.FigureName)} and each run's report.html in {folder}");
    }

    private static void Summary(IAnsiConsole console, EmbedderStudyResult result)
    {
        var targets = result.Tables.Select(t => t.Target).Distinct().ToList();
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("The best method by its average over the tasks, and beside it none") };
        foreach (var column in targets.Select(t => Display.Length(t)).Prepend("positions").Prepend("model"))
        {
            table.AddColumn(column);
        }

        foreach (var model in result.Models)
        {
            table.AddRow([Markup.Escape(model.Name), model.Positions, .. targets.Select(t => result.Tables.First(x => x.Model == model.Name && x.Target == t)).Select(t => Markup.Escape($"{t.Best.Method} {100 * t.Best.Average:F1} ({100 * t.Rows[0].Average:F1})"))]);
        }

        console.Write(table);
    }

    private static string Cell(EmbedderStudyScore score) =>
        $"{score.Standing switch { Standing.Best => "* ", Standing.Tied => "= ", _ => "" }}{100 * score.Score:F1} ({100 * score.Low:F0} .. {100 * score.High:F0})";
}
