using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>The result of an extension in the terminal.</summary>
internal static class ExtendTable
{
    public static void Write(TextWriter output, ExtendResult result)
    {
        var console = Terminal.On(output);
        var lengths = Baselines.Lengths(result.Geometry.OriginalContext, result.TargetContext);
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("Perplexity on held-out text, by window") };
        table.AddColumn("method");
        foreach (var length in lengths)
        {
            table.AddColumn(new TableColumn(Display.Length(length)).RightAligned());
        }

        table.AddColumn(new TableColumn($"95 % at {Display.Length(result.TargetContext)}").RightAligned());
        table.AddColumn(new TableColumn("nats above longrope (95 %)").RightAligned());
        foreach (var group in result.Baselines.Concat(result.Winner).GroupBy(m => m.Method).OrderByDescending(g => g.MaxBy(m => m.Length)!.Perplexity.Nll))
        {
            var cells = lengths.Select(n => group.FirstOrDefault(m => m.Length == n) is { } m ? $"{m.Perplexity.Value:F3}" : "").ToList();
            var atTarget = group.First(m => m.Length == result.TargetContext).Perplexity;
            cells.Add($"{atTarget.Low:F3} .. {atTarget.High:F3}");
            var paired = result.Differences.FirstOrDefault(d => d.Method == group.Key);
            cells.Add(paired.Method is null ? "" : $"{paired.Difference:+0.0000;-0.0000} ({paired.Low:+0.0000;-0.0000} .. {paired.High:+0.0000;-0.0000})");
            table.AddRow([Markup.Escape(group.Key), .. cells]);
        }

        console.Write(table);
        output.WriteLine(result.Protocol + $"; intervals: paired bootstrap over {result.BootstrapUnit}");
        output.WriteLine($"search: {result.Options.Search.Algorithm}, {result.Searched.Count:N0} candidates, best perplexity on the search windows {result.Best.Perplexity:F4}; attention factor {result.Scaling.Entries[^1].AttentionFactor:F4}");
        output.WriteLine($"rescale factors: {string.Join(' ', result.Scaling.Entries[^1].RescaleFactors.Select(f => $"{f:0.####}"))}{(result.Scaling.Entries[^1].StartTokens > 0 ? $"; start tokens {result.Scaling.Entries[^1].StartTokens}" : "")}");
        output.WriteLine($"short window: perplexity at {Display.Length(result.Geometry.OriginalContext)} tokens {100 * result.ShortLoss:+0.00;-0.00} % against the untouched model");
        if (result.Passkeys is { } passkeys)
        {
            Write(console, output, passkeys);
        }

        output.WriteLine($"{result.TokensEvaluated:N0} tokens evaluated in {Display.Duration(result.Seconds)}");
        output.WriteLine();
        output.WriteLine($"verdict: {result.Verdict}");
        foreach (var note in result.Notes)
        {
            output.WriteLine($"note: {note}");
        }

        if (result.Receipt is { HasEffect: true } receipt && result.Refusal is null)
        {
            output.WriteLine($"receipt: frequencies {receipt.OriginalSha256[..12]} -> {receipt.LongSha256[..12]}, largest change {100 * receipt.LargestFrequencyChange:F1} %, logits of the probe changed by up to {receipt.LargestLogitChange:G3}; read back from disk: the same perplexity");
            output.WriteLine($"checkpoint: {result.Options.Out}");
        }

        output.WriteLine($"report: {Path.Combine(result.Options.Out, "report.html")}");
    }

    private static void Write(IAnsiConsole console, TextWriter output, PasskeyTrials passkeys)
    {
        var table = new Table { Border = TableBorder.Simple, Title = new TableTitle("Pass keys found, by window") };
        table.AddColumn("positions");
        foreach (var length in passkeys.Before.Options.Lengths)
        {
            table.AddColumn(new TableColumn(Display.Length(length)).RightAligned());
        }

        foreach (var (name, result) in new[] { ("before", passkeys.Before), ("after", passkeys.After) })
        {
            table.AddRow([name, .. result.Options.Lengths.Select(n => result.Count(RetrievalScoring.Greedy, n)).Select(c => $"{100 * c.Share:0} % ({100 * c.Interval.Low:0} .. {100 * c.Interval.High:0})")]);
        }

        console.Write(table);
        output.WriteLine($"pass keys: {passkeys.Before.Description}; {passkeys.Before.Options.Trials} trials at each of {passkeys.Before.Options.Depths.Length} depths, the continuation gives the number; intervals: Wilson, 95 %");
    }
}
