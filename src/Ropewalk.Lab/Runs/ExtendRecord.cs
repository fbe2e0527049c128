using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Runs;

/// <summary>A result as the objects that --json and result.json hold.</summary>
public static class ExtendRecord
{
    /// <summary>What --json prints: result.json, and what differs between equal runs.</summary>
    public static object Printed(ExtendResult result) => ResultJson.With(Of(result), ("seconds", result.Seconds), ("out", result.Options.Out));

    /// <summary>What result.json holds: nothing that differs between equal runs.</summary>
    public static object Of(ExtendResult result) => new
    {
        Model = result.Model.Name,
        OriginalContext = result.Geometry.OriginalContext,
        result.TargetContext,
        RescaleFactors = result.Scaling.Entries[^1].RescaleFactors,
        ShortRescaleFactors = result.Scaling.Entries[0].RescaleFactors,
        result.Scaling.Entries[^1].StartTokens,
        result.Scaling.Entries[^1].AttentionFactor,
        SearchPerplexity = result.Best.Perplexity,
        HeldoutPerplexity = result.WinnerAtTarget.Perplexity.Value,
        HeldoutCi95 = new[] { result.WinnerAtTarget.Perplexity.Low, result.WinnerAtTarget.Perplexity.High },
        BitsPerByte = result.WinnerAtTarget.BitsPerByte,
        ByLength = result.Winner.Select(w => Row(result, w)),
        Baselines = result.Baselines.Select(b => Row(result, b)),
        result.ShortLoss,
        result.Verdict,
        result.Refusal,
        result.Evaluations,
        result.TokensEvaluated,
        result.Settings.Population,
        result.Settings.Iterations,
        result.Options.Seed,
        HeldoutWindows = result.Heldout.Windows.Length,
        Tokens = result.WinnerAtTarget.Perplexity.Tokens,
        result.Protocol,
        Bootstrap = result.BootstrapUnit,
        Receipt = result.Receipt is null ? null : Receipt(result),
        Passkeys = result.Passkeys?.Record(),
        result.Notes,
        result.Files,
    };

    /// <summary>The receipt of an export.</summary>
    public static object Receipt(ExtendResult result) => new
    {
        result.Verdict,
        result.Receipt!.HasEffect,
        OriginalFrequenciesSha256 = result.Receipt.OriginalSha256,
        LongFrequenciesSha256 = result.Receipt.LongSha256,
        ShortFrequenciesSha256 = result.Receipt.ShortSha256,
        result.Receipt.LargestFrequencyChange,
        result.Receipt.LargestLogitChange,
        result.Receipt.ProbeTokens,
        HeldoutPerplexity = result.WinnerAtTarget.Perplexity.Value,
        MeasuredAgainFromDisk = true,
        result.ShortLoss,
    };

    private static object Row(ExtendResult result, MethodResult method)
    {
        var paired = method.Length == result.TargetContext ? result.Differences.FirstOrDefault(d => d.Method == method.Method) : default;
        return new
        {
            method.Method,
            method.Spec,
            method.Length,
            Perplexity = method.Perplexity.Value,
            Nll = method.Perplexity.Nll,
            Ci95 = new[] { method.Perplexity.Low, method.Perplexity.High },
            method.BitsPerByte,
            method.Perplexity.Tokens,
            NatsAboveWinner = paired.Method is null ? (double?)null : paired.Difference,
            NatsAboveWinnerCi95 = paired.Method is null ? null : new[] { paired.Low, paired.High },
        };
    }
}
