using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A study of the base in the terminal.</summary>
internal static class BaseStudyTable
{
    public static void Write(TextWriter output, BaseStudyResult result, string folder)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle($"Perplexity on held-out text by length, tuned at {Display.Length(result.TuneLength)} tokens; critical base {result.CriticalBase:N0}") };
        table.AddColumn("base");
        foreach (var length in result.Untouched.ByLength.Select(m => m.Length))
        {
            table.AddColumn(new TableColumn(Display.Length(length)).RightAligned());
        }

        table.AddColumn(new TableColumn("predicted limit").RightAligned());
        table.AddColumn(new TableColumn("reached").RightAligned());
        foreach (var row in result.Rows.Prepend(result.Untouched))
        {
            var side = row.Prediction.Side.ToString().ToLowerInvariant();
            table.AddRow(
            [
                row == result.Untouched ? $"{row.Prediction.Base:N0}, untouched" : $"{row.Prediction.Base:N0}, {side}",
                .. row.ByLength.Select(m => $"{m.Perplexity.Value:F4}"),
                row.Prediction.Side == BaseSide.Above ? $"{row.Prediction.Limit:N0}" : $"{row.Prediction.Limit:N0}, then slowly worse",
                Display.Length(row.Reached),
            ]);
        }

        Terminal.On(output).Write(table);
        output.WriteLine($"reached: the longest length to which each length's second half is at most {100 * BaseStudyResult.Tolerance:0} % above that of {Display.Length(result.TuneLength)} tokens; {result.Protocol}; intervals: bootstrap over {result.Bootstrap}; {result.TokensEvaluated:N0} tokens through the model");
        output.WriteLine($"written: {Path.Combine(folder, "base.svg")} and the tuned models in {Path.Combine(folder, "tuned")}");
    }
}
