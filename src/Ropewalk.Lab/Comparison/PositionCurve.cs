using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Comparison;

/// <summary>A method's perplexity against absolute position in windows of N tokens.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Points">By rising position.</param>
public sealed record PositionCurve(string Method, IReadOnlyList<PositionPoint> Points)
{
    /// <summary>The position from which on the method is worse than sliding the old window, to the end of the window; null where the text does not
    /// show that. On the same tokens, so that a hard passage is no break.</summary>
    public int? BreaksAt
    {
        get
        {
            var first = Points.Count;
            while (first > 0 && Points[first - 1].AboveWindow.Low > 0)
            {
                first--;
            }

            return first < Points.Count ? Points[first].From : null;
        }
    }
}

/// <summary>A stretch of positions.</summary>
/// <param name="From">Its first position, counted from 1.</param>
/// <param name="End">Its last position.</param>
/// <param name="Perplexity">With its interval.</param>
/// <param name="AboveWindow">Loss above the sliding window's on the same tokens, nats a token, with its paired 95 % interval.</param>
public sealed record PositionPoint(int From, int End, Perplexity Perplexity, (double Difference, double Low, double High) AboveWindow);
