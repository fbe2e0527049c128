using System.Globalization;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Studies;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A study of tuning in the terminal.</summary>
internal static class TuningStudyTables
{
    public static void Write(TextWriter output, TuningStudyResult result, string folder)
    {
        var console = Terminal.On(output);
        foreach (var table in result.Tables)
        {
            var hasControl = table.Rows.Any(r => r.Control is not null);
            var drawn = new Table { Border = TableBorder.Simple, Title = new TableTitle($"{Display.Length(table.Length)} tokens under {Markup.Escape(result.Scaling)}, beside the original sliding its window: perplexity {table.Window.Perplexity.Value:F4}") };
            string[] columns = ["tuning tokens", "steps", "perplexity", "95 %", "nats against window (95 %)", $"at {Display.Length(result.OriginalContext)}", .. hasControl ? ["window, tuned as long", "nats against that (95 %)"] : Array.Empty<string>()];
            foreach (var column in columns)
            {
                drawn.AddColumn(new TableColumn(column).RightAligned());
            }

            foreach (var row in table.Rows)
            {
                var p = row.Extended.Perplexity;
                string[] cells =
                [
                    Display.Length(row.Tokens), $"{row.Steps:N0}", $"{p.Value:F4}", $"{p.Low:F3} .. {p.High:F3}", Nats(row.AgainstWindow), $"{row.AtOriginal.Value:F4}",
                    .. hasControl ? [$"{row.Control!.Perplexity.Value:F4}", Nats(row.AgainstControl!.Value)] : Array.Empty<string>(),
                ];
                drawn.AddRow(cells);
            }

            console.Write(drawn);
            output.WriteLine(Verdict(table));
        }

        output.WriteLine($"{result.Protocol}; intervals: paired bootstrap over {result.Bootstrap}; {result.TokensEvaluated:N0} tokens through the model");
        output.WriteLine($"written: {Path.Combine(folder, "tuning.svg")} and the tuned models in {Path.Combine(folder, "tuned")}");
    }

    private static string Verdict(TuningStudyTable table) => (table.FirstBelow, table.FirstProven) switch
    {
        (null, _) => "no number of tokens tried brings it below the sliding window",
        (var first, null) => $"below the sliding window from {Display.Length(first.Value)} tuning tokens on, but no interval proves it",
        (var first, var proven) => $"below the sliding window from {Display.Length(first.Value)} tuning tokens on; with {Display.Length(proven.Value)} the whole 95 % interval is",
    };

    private static string Nats((double Difference, double Low, double High) value) => $"{One(value.Difference)} ({One(value.Low)} .. {One(value.High)})";

    // A negative number that rounds to nothing would be written "-+0.0000".
    private static string One(double value) => (Math.Round(value, 4) + 0.0).ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture);
}
