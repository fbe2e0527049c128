using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.Effective;

/// <summary>Retrieval at a length against the old window's.</summary>
/// <param name="Length">Tokens of the window.</param>
/// <param name="Count">Right answers.</param>
/// <param name="Spare">Share of right answers less 85 % of the old window's: at least 0 where enough is left.</param>
/// <param name="Low">Lower end of its 95 % interval.</param>
/// <param name="High">Upper end.</param>
public sealed record RetrievalStep(int Length, RetrievalCount Count, double Spare, double Low, double High)
{
    /// <summary>Compares two independent shares p and q by p - r q. The interval joins Wilson's of each (Newcombe's way, with the weight r).</summary>
    public static RetrievalStep Of(int length, RetrievalCount count, RetrievalCount atOriginal, double retention)
    {
        var (p, q) = (count.Share, atOriginal.Share);
        var (a, b) = (count.Interval, atOriginal.Interval);
        var spare = p - (retention * q);
        static double Square(double x) => x * x;
        return new RetrievalStep(
            length,
            count,
            spare,
            spare - Math.Sqrt(Square(p - a.Low) + Square(retention * (b.High - q))),
            spare + Math.Sqrt(Square(a.High - p) + Square(retention * (q - b.Low))));
    }
}
