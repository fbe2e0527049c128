using System.Runtime.InteropServices;
using Ropewalk.Engine.Tensors;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;
using Ropewalk.Positions.Laws;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <summary>A result as the page that people look at.</summary>
public static class ExtendReport
{
    private const int PositionBuckets = 32;

    /// <summary>The page's data.</summary>
    public static ReportData Of(ExtendResult result, DateTimeOffset date)
    {
        var geometry = result.Geometry;
        var scale = (double)result.TargetContext / geometry.OriginalContext;
        var methods = result.Baselines.Concat(result.Winner).GroupBy(m => m.Method).ToList();
        return new ReportData
        {
            Title = $"{result.Model.Name}: {Display.Length(geometry.OriginalContext)} to {Display.Length(result.TargetContext)} tokens",
            Model = new ReportModel(result.Model.Name, result.Model.Architecture, result.Model.Parameters, geometry.OriginalContext, geometry.Pairs, geometry.Base),
            TargetLength = result.TargetContext,
            CommandLine = result.Options.CommandLine,
            Date = date,
            Host = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {WorkerPool.NumThreads} threads; {Display.Duration(result.Seconds)}, {result.TokensEvaluated:N0} tokens evaluated",
            Verdict = result.Refusal is null ? result.Verdict : $"{result.Verdict}. {result.Refusal}",
            Notes = [result.Protocol, $"95 % intervals: bootstrap over {result.BootstrapUnit}, paired for differences", .. result.Notes],
            Curves = [.. methods.Select(g => new ReportCurve(g.Key, Role(g.Key), [.. g.Select(m => new ReportPoint(m.Length, m.Perplexity.Value, m.Perplexity.Low, m.Perplexity.High))]))],
            ByPosition = [.. result.BaselinesAtTarget.Append(result.WinnerAtTarget)
                .Select(m => new ReportCurve(m.Method, Role(m.Method), [.. HeldoutScorer.ByPosition(m, PositionBuckets).Select(p => new ReportPoint(p.End, p.Perplexity))]))],
            Table = [.. result.Winner.Concat(result.Baselines).OrderByDescending(m => m.Length).ThenBy(m => m.Perplexity.Nll).Select(m => Row(result, m))],
            Retrieval = result.Passkeys is { } passkeys ? [("Pass keys found before", passkeys.Before), ("Pass keys found after", passkeys.After)] : [],
            SearchProgress = new ReportSearch(Best(result.Searched), [.. result.Searched.Where(i => !i.Dropped).Select(i => new SearchCandidate(i.Index + 1, i.Perplexity))], result.Searched.Count(i => i.Dropped)),
            Factors = new ReportFactors(
                RopeLaws.Wavelengths(geometry),
                RopeLaws.CriticalPair(geometry),
                [
                    new ReportFactorSeries("linear", MethodRole.Baseline, LongRopeSeeds.Linear(scale, geometry.RotaryDimension)),
                    new ReportFactorSeries("ntk", MethodRole.Baseline, LongRopeSeeds.Ntk(scale, geometry.RotaryDimension)),
                    new ReportFactorSeries("yarn", MethodRole.Baseline, LongRopeSeeds.Yarn(geometry, scale)),
                    new ReportFactorSeries(ExtendJob.WinnerName, MethodRole.Winner, result.Scaling.Entries[^1].RescaleFactors),
                    new ReportFactorSeries($"{ExtendJob.WinnerName}, short list", MethodRole.Tuned, result.Scaling.Entries[0].RescaleFactors),
                ])
            {
                Ghosts = SearchHistory.Ghosts(result.Searched),
                Lineage = SearchHistory.Lineage(result.Best, result.Searched),
            },
            Receipt = Receipt(result),
            Files = [.. result.Files.Select(f => Path.Combine(result.Options.Out, f))],
        };
    }

    private static MethodRole Role(string method) => method switch
    {
        ExtendJob.WinnerName => MethodRole.Winner,
        ExtendJob.WindowName => MethodRole.Window,
        _ when method.EndsWith("tuned", StringComparison.Ordinal) => MethodRole.Tuned,
        _ => MethodRole.Baseline,
    };

    private static ReportRow Row(ExtendResult result, MethodResult m)
    {
        var paired = m.Length == result.TargetContext ? result.Differences.FirstOrDefault(d => d.Method == m.Method) : default;
        var known = paired.Method is not null;
        return new ReportRow(
            m.Method, Role(m.Method), m.Length, m.Perplexity.Value, m.Perplexity.Low, m.Perplexity.High, m.BitsPerByte,
            known ? paired.Difference : double.NaN, known ? paired.Low : double.NaN, known ? paired.High : double.NaN, m.Perplexity.Tokens);
    }

    private static List<SearchBest> Best(IReadOnlyList<Trial> trials)
    {
        var steps = new List<SearchBest>();
        var best = double.PositiveInfinity;
        foreach (var t in trials.Where(t => !t.Dropped))
        {
            if (t.Perplexity < best)
            {
                best = t.Perplexity;
                steps.Add(new SearchBest(t.Index + 1, best, t.Round));
            }
        }

        steps.Add(new SearchBest(trials.Count, best, trials[^1].Round));
        return steps;
    }

    private static List<KeyValuePair<string, string>> Receipt(ExtendResult result)
    {
        if (result.Receipt is not { } receipt)
        {
            return [];
        }

        return
        [
            new("verdict", result.Verdict),
            new("original frequencies, SHA-256", receipt.OriginalSha256),
            new($"in force at {Display.Length(result.TargetContext)} tokens, SHA-256", receipt.LongSha256),
            new($"in force at {Display.Length(result.Geometry.OriginalContext)} tokens, SHA-256", receipt.ShortSha256),
            new("largest change of a frequency", $"{100 * receipt.LargestFrequencyChange:F1} %"),
            new($"largest change of a logit after a probe of {receipt.ProbeTokens} tokens", $"{receipt.LargestLogitChange:G4}"),
            new("perplexity at the old window against the untouched model", $"{100 * result.ShortLoss:+0.00;-0.00} %"),
            new("read back from disk and measured again", "the same loss to the last bit"),
        ];
    }
}
