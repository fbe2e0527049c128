using System.Globalization;
using Ropewalk.Lab.Progressive;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>A progressive extension in the terminal.</summary>
internal static class ProgressiveTables
{
    public static void Write(TextWriter output, ProgressiveResult result)
    {
        Stages(output, "Stages: perplexity on held-out text at each stage's window", result.Stages, result.Geometry.OriginalContext);
        if (result.Direct.Count > 0)
        {
            Stages(output, "The direct road, tuned with as many tokens", result.Direct, result.Geometry.OriginalContext);
        }

        Methods(output, result);
        output.WriteLine($"{result.Protocol}; intervals: paired bootstrap over {result.Bootstrap}; {result.TokensEvaluated:N0} tokens through the model");
        output.WriteLine($"old window: perplexity at {Display.Length(result.Geometry.OriginalContext)} tokens {100 * result.ShortLoss:+0.00;-0.00} % against the untouched model; attention factor {result.Scaling.Entries[^1].AttentionFactor:F4}");
        output.WriteLine($"rescale factors: {string.Join(' ', result.Scaling.Entries[^1].RescaleFactors.Select(f => $"{f:0.####}"))}");
        foreach (var note in result.Notes)
        {
            output.WriteLine($"note: {note}");
        }

        output.WriteLine($"checkpoint: {result.Options.Out}, read back from disk with the same perplexity; each stage's model in its stage-* folder");
    }

    private static void Stages(TextWriter output, string title, IReadOnlyList<StageResult> stages, int original)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle(title) };
        foreach (var column in new[] { "window", "tuning tokens", "candidates", "searched", "tuned", "attention factor", "largest factor", $"at {Display.Length(original)}", "against untouched" })
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var stage in stages)
        {
            table.AddRow(
                Display.Length(stage.Length), Display.Length(stage.Tokens), $"{stage.Candidates:N0}", $"{stage.Before[^1].Perplexity.Value:F4}", stage.Tokens > 0 ? $"{stage.After[^1].Perplexity.Value:F4}" : "",
                $"{stage.Best.Point.AttentionFactor:F4}", $"{stage.Best.Point.RescaleFactors.Max():0.##}", $"{stage.AtOriginal.Value:F4}", $"{100 * stage.ShortLoss:+0.00;-0.00} %");
        }

        Terminal.On(output).Write(table);
    }

    private static void Methods(TextWriter output, ProgressiveResult result)
    {
        var lengths = result.Methods.Select(m => m.Length).Distinct().Order().ToList();
        var longest = lengths[^1];
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("Perplexity on held-out text, by window") };
        table.AddColumn("method");
        foreach (var length in lengths)
        {
            table.AddColumn(new TableColumn(Display.Length(length)).RightAligned());
        }

        table.AddColumn(new TableColumn($"nats above {ProgressiveJob.ResultName} at {Display.Length(longest)} (95 %)").RightAligned());
        foreach (var group in result.Methods.GroupBy(m => m.Method).OrderByDescending(g => g.First(m => m.Length == longest).Perplexity.Nll))
        {
            var paired = result.Differences.FirstOrDefault(d => d.Method == group.Key && d.Length == longest);
            table.AddRow(
            [
                Markup.Escape(group.Key),
                .. lengths.Select(n => group.FirstOrDefault(m => m.Length == n) is { } m ? $"{m.Perplexity.Value:F4}" : ""),
                paired.Method is null ? "" : $"{Nats(paired.Difference)} ({Nats(paired.Low)} .. {Nats(paired.High)})",
            ]);
        }

        Terminal.On(output).Write(table);
    }

    // A negative number that rounds to nothing would be written "-+0.0000".
    private static string Nats(double value) => (Math.Round(value, 4) + 0.0).ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture);
}
