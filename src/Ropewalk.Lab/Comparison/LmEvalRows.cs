using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Comparison;

/// <summary>A comparison as tasks of lm-evaluation-harness: each method at each length is one, so that tools which read such files show them side
/// by side. Standard errors are the bootstrap's.</summary>
public static class LmEvalRows
{
    /// <summary>The tasks.</summary>
    public static IReadOnlyList<LmEvalRow> Of(CompareResult result)
    {
        var rows = result.Lengths.SelectMany(l => l.Rows.Select(r => new LmEvalRow(Task(r.Cell.Method, l.Length), Metrics(r), l.Windows)
        {
            Alias = $"{r.Cell.Method} at {Display.Length(l.Length)}",
            Protocol = $"{r.Cell.Spec}; {result.Protocol}",
        }));

        // Two specs may differ in signs alone that a task's name cannot bear.
        return [.. rows.GroupBy(r => r.Task).SelectMany(g => g.Select((r, i) => i == 0 ? r : r with { Task = $"{r.Task}_{i + 1}" }))];
    }

    /// <summary>The task's name: letters that file names and tables can bear.</summary>
    public static string Task(string method, int length) =>
        $"perplexity_{string.Concat(method.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '_'))}_{length}";

    private static IReadOnlyList<(string Metric, double Value, double? StandardError, bool HigherIsBetter)> Metrics(ComparedRow row)
    {
        // e to the loss: a small change of the loss changes it by that part of itself.
        var tokensPerByte = (double)row.Perplexity.Tokens / row.Cell.BytesOfText;
        var bytePerplexity = Math.Exp(row.Perplexity.Nll * tokensPerByte);
        return
        [
            ("perplexity", row.Perplexity.Value, row.Perplexity.Value * row.NllStandardError, false),
            ("byte_perplexity", bytePerplexity, bytePerplexity * row.NllStandardError * tokensPerByte, false),
            ("bits_per_byte", row.BitsPerByte, row.NllStandardError * tokensPerByte / Math.Log(2), false),
        ];
    }
}
