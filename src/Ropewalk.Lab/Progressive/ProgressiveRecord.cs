using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Progressive;

/// <summary>A progressive extension as the object that result.json and --json hold: nothing in it differs between equal runs.</summary>
public static class ProgressiveRecord
{
    /// <summary>The object.</summary>
    public static object Of(ProgressiveResult result) => new
    {
        result.Model,
        result.Geometry.OriginalContext,
        TargetContext = result.Options.Longest,
        RescaleFactors = result.Scaling.Entries[^1].RescaleFactors,
        ShortRescaleFactors = result.Scaling.Entries[0].RescaleFactors,
        result.Scaling.Entries[^1].AttentionFactor,
        Stages = result.Stages.Select(Stage),
        DirectStages = result.Direct.Select(Stage),
        Methods = result.Methods.Select(m =>
        {
            var paired = result.Differences.FirstOrDefault(d => d.Method == m.Method && d.Length == m.Length);
            return new
            {
                m.Method,
                m.Spec,
                m.Length,
                Perplexity = m.Perplexity.Value,
                m.Perplexity.Nll,
                Ci95 = new[] { m.Perplexity.Low, m.Perplexity.High },
                m.BitsPerByte,
                m.Perplexity.Tokens,
                NatsAboveResult = paired.Method is null ? (double?)null : paired.Difference,
                NatsAboveResultCi95 = paired.Method is null ? null : new[] { paired.Low, paired.High },
            };
        }),
        result.ShortLoss,
        result.Protocol,
        result.Bootstrap,
        result.TokensEvaluated,
        Receipt = result.Receipt is { } receipt ? new { receipt.OriginalSha256, receipt.LongSha256, receipt.ShortSha256, receipt.LargestFrequencyChange, receipt.LargestLogitChange, MeasuredAgainFromDisk = true } : null,
        result.Notes,
        result.Files,
    };

    private static object Stage(StageResult stage) => new
    {
        stage.Length,
        stage.Tokens,
        RescaleFactors = stage.Best.Point.RescaleFactors,
        stage.Best.Point.AttentionFactor,
        SearchPerplexity = stage.Best.Perplexity,
        stage.Candidates,
        Searched = stage.Before.Select(Measured),
        Tuned = stage.Tokens > 0 ? stage.After.Select(Measured) : null,
        ShortRescaleFactors = stage.ShortFactors,
        PerplexityAtOriginalContext = stage.AtOriginal.Value,
        stage.ShortLoss,
    };

    private static object Measured(MethodResult m) => new { m.Length, Perplexity = m.Perplexity.Value, Ci95 = new[] { m.Perplexity.Low, m.Perplexity.High } };
}
