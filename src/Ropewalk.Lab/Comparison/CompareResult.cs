using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>All that a comparison found.</summary>
public sealed record CompareResult
{
    /// <summary>What was asked, as its records have it.</summary>
    public required CompareRun Run { get; init; }

    /// <summary>Folder of records and report.</summary>
    public required string Out { get; init; }

    /// <summary>The model.</summary>
    public required (string Name, string Architecture, long Parameters, ModelShape Shape) Model { get; init; }

    /// <summary>Its encoding.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>Names of the methods in the order of the list, "window" last.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The results by rising length; the last is N.</summary>
    public required IReadOnlyList<LengthResult> Lengths { get; init; }

    /// <summary>Perplexity by absolute position at N.</summary>
    public required IReadOnlyList<PositionCurve> ByPosition { get; init; }

    /// <summary>What the tunings found.</summary>
    public required IReadOnlyList<TunedMethod> Tuned { get; init; }

    /// <summary>Remarks that a reader must know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>How windows were cut and scored.</summary>
    public required string Protocol { get; init; }

    /// <summary>Seconds of each piece of work, those of an earlier, stopped run among them.</summary>
    public required IReadOnlyList<CompareTime> Times { get; init; }

    /// <summary>When this run began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Seconds of this run alone.</summary>
    public required double Seconds { get; init; }

    /// <summary>All methods at N.</summary>
    public LengthResult AtTarget => Lengths[^1];

    /// <summary>Seconds that a method took at all lengths, its tuning included.</summary>
    public double SecondsOf(string method) => Times.Where(t => t.Method == method).Sum(t => t.Seconds);

    /// <summary>Seconds that a method took at one length; not known of the sliding window, which serves all lengths at once.</summary>
    public double SecondsOf(string method, int length) =>
        method == MethodList.Window ? double.NaN : Times.Where(t => t.Method == method && t.Length == length).Sum(t => t.Seconds);

    /// <summary>One sentence on the longest window: what is best, what cannot be told from it, and how the sliding window stands.</summary>
    public string Verdict
    {
        get
        {
            var target = AtTarget;
            var window = target.Of(MethodList.Window)!;
            if (window.Standing == Standing.Best)
            {
                var rival = target.Rows[1];
                var gap = $"{Named(rival)} loses {rival.Difference:F4} nats a token more (95 % interval {rival.Low:F4} to {rival.High:F4})";
                return rival.Standing == Standing.Tied
                    ? $"no proven gain over sliding the old window at {target.Length:N0} tokens (perplexity {window.Perplexity.Value:F3}): {gap}"
                    : $"no gain over sliding the old window at {target.Length:N0} tokens (perplexity {window.Perplexity.Value:F3}): the best method, {gap}";
            }

            var tied = target.Tied.Where(r => r != window).Select(r => r.Cell.Method).ToList();
            var others = tied.Count == 0 ? "" : $"; the text cannot tell it from {string.Join(", ", tied)}";
            var slid = window.Standing == Standing.Tied ? "no proven gain over" : "below";
            return $"{Named(target.Best)} is best at {target.Length:N0} tokens, {slid} sliding the old window (perplexity {window.Perplexity.Value:F3}){others}";

            static string Named(ComparedRow row) => $"{row.Cell.Method} (perplexity {row.Perplexity.Value:F3})";
        }
    }
}
