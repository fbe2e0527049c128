using System.Runtime.InteropServices;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Comparison;

/// <summary>A comparison as the page that people look at.</summary>
public static class CompareReport
{
    /// <summary>The page's data.</summary>
    public static ReportData Of(CompareResult result, DateTimeOffset date)
    {
        var geometry = result.Geometry;
        var target = result.AtTarget;
        return new ReportData
        {
            Title = $"{result.Model.Name}: {result.Methods.Count} methods up to {Display.Length(target.Length)} tokens",
            Model = new ReportModel(result.Model.Name, result.Model.Architecture, result.Model.Parameters, geometry.OriginalContext, geometry.Pairs, geometry.Base),
            TargetLength = target.Length,
            CommandLine = result.Run.CommandLine,
            Date = date,
            Host = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {WorkerPool.NumThreads} threads; {Display.Duration(result.Times.Sum(t => t.Seconds))} of measuring",
            Verdict = result.Verdict,
            Notes = [result.Protocol, $"95 % intervals at {Display.Length(target.Length)} tokens: bootstrap over {target.BootstrapUnit}, paired for differences", .. Breaks(result), .. result.Notes],
            Curves = [.. Ranked(result).Select(m => new ReportCurve(
                m, Role(result, m), [.. result.Lengths.Select(l => l.Of(m)).OfType<ComparedRow>().Select(r => new ReportPoint(r.Cell.Length, r.Perplexity.Value, r.Perplexity.Low, r.Perplexity.High))]))],
            ByPosition = [.. result.ByPosition.OrderBy(c => Rank(result, c.Method)).Select(c => new ReportCurve(
                c.Method, Role(result, c.Method), [.. c.Points.Select(p => new ReportPoint(p.End, p.Perplexity.Value, p.Perplexity.Low, p.Perplexity.High))]))],
            Table = [.. result.Lengths.Reverse().SelectMany(l => l.Rows.Select(r => new ReportRow(
                r.Cell.Method, Role(result, r.Cell.Method), l.Length, r.Perplexity.Value, r.Perplexity.Low, r.Perplexity.High, r.BitsPerByte, r.Difference, r.Low, r.High, r.Perplexity.Tokens,
                result.SecondsOf(r.Cell.Method, l.Length))))],
            TableNote = "Difference: nats a token more than the best method of the same length, on the same tokens, with its paired 95 % interval. An interval that begins above zero is a method that is worse. Seconds: of this length; the sliding window serves all lengths at once.",
            Receipt =
            [
                new("verdict", result.Verdict),
                .. result.Tuned.Select(t => new KeyValuePair<string, string>($"{t.Method}, found by tuning on other text", t.Spec)),
                new("version", result.Run.Version),
                new("seed", $"{result.Run.Seed}"),
                .. result.Run.Inputs.Select(i => new KeyValuePair<string, string>($"SHA-256 of {i.Key}", i.Value)),
            ],
            Files = [Path.Combine(result.Out, RunFolder.Name, "result.json")],
        };
    }

    private static IEnumerable<string> Ranked(CompareResult result) => result.Methods.OrderBy(m => Rank(result, m));

    private static int Rank(CompareResult result, string method) => result.AtTarget.Rows.TakeWhile(r => r.Cell.Method != method).Count();

    private static IEnumerable<string> Breaks(CompareResult result)
    {
        var broken = result.ByPosition.Where(c => c.BreaksAt is not null).OrderBy(c => c.BreaksAt).ToList();
        if (broken.Count > 0)
        {
            yield return $"worse than the sliding window up to the end, from position: {string.Join(", ", broken.Select(c => $"{c.Method} {Display.Length(c.BreaksAt!.Value)}"))}";
        }
    }

    private static MethodRole Role(CompareResult result, string method) =>
        method == result.AtTarget.Best.Cell.Method ? MethodRole.Winner
        : method == MethodList.Window ? MethodRole.Window
        : result.Tuned.Any(t => t.Method == method) ? MethodRole.Tuned
        : MethodRole.Baseline;
}
