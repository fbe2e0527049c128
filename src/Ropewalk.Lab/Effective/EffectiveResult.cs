using Ropewalk.Lab.Retrieval;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Effective;

/// <summary>What <c>effective</c> found.</summary>
public sealed record EffectiveResult
{
    /// <summary>What was asked.</summary>
    public required EffectiveOptions Options { get; init; }

    /// <summary>The model.</summary>
    public required ReportModel Model { get; init; }

    /// <summary>--scaling.</summary>
    public required string Scaling { get; init; }

    /// <summary>--plan.</summary>
    public required string Plan { get; init; }

    /// <summary>L.</summary>
    public required int Original { get; init; }

    /// <summary>The longest window that was looked at.</summary>
    public required int Longest { get; init; }

    /// <summary>Loss of perplexity at L against the original model, relative, with its paired 95 % interval.</summary>
    public required (double Value, double Low, double High) ShortLoss { get; init; }

    /// <summary>The stretches past L, by window and position.</summary>
    public required IReadOnlyList<PositionBucket> Buckets { get; init; }

    /// <summary>How far the perplexity holds.</summary>
    public required EffectiveLimit ByPerplexity { get; init; }

    /// <summary>The retrieval grid.</summary>
    public required RetrievalResult Grid { get; init; }

    /// <summary>The lengths past L.</summary>
    public required IReadOnlyList<RetrievalStep> Steps { get; init; }

    /// <summary>How far retrieval holds; null where already at L it is no better than chance.</summary>
    public required EffectiveLimit? ByRetrieval { get; init; }

    /// <summary>Windows that were scored, in words.</summary>
    public required string Protocol { get; init; }

    /// <summary>Seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>As the user typed it.</summary>
    public required string CommandLine { get; init; }

    /// <summary>Remarks.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The shorter of both.</summary>
    public EffectiveLimit Effective => ByRetrieval is { } retrieval ? EffectiveLimit.Least(ByPerplexity, retrieval) : ByPerplexity;

    /// <summary>Which measure ends the window.</summary>
    public string LimitedBy => Effective.Value == Longest ? "nothing up to the longest window"
        : ByRetrieval is null || ByPerplexity.Value < ByRetrieval.Value ? "perplexity"
        : ByRetrieval.Value < ByPerplexity.Value ? "retrieval" : "perplexity and retrieval";

    /// <summary>Why the method is refused, or null.</summary>
    public string? Refusal => ShortLoss.Value > Options.MaximumShortLoss
        ? $"effective refused: at {Original} tokens the perplexity is {100 * ShortLoss.Value:F2} % above the original model's, more than --max-short-loss {100 * Options.MaximumShortLoss:0.##} %: allow more, or take a method that costs less there"
        : null;

    /// <summary>One sentence.</summary>
    public string Verdict
    {
        get
        {
            var atLeast = Effective.Value == Longest ? "at least " : "";
            var window = $"effective window {atLeast}{Display.Length(Effective.Value)} tokens (95 % interval {Display.Length(Effective.Low)} .. {Display.Length(Effective.High)}), limited by {LimitedBy}";
            var judged = ByRetrieval is null ? "; retrieval was not judged: at the old window it is no better than chance" : "";
            return Refusal is null ? window + judged : $"no effective window: {100 * ShortLoss.Value:F2} % are lost at {Display.Length(Original)} tokens; without that gate: {window}{judged}";
        }
    }
}
