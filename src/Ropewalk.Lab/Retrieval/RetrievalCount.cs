namespace Ropewalk.Lab.Retrieval;

/// <summary>Right answers among trials.</summary>
/// <param name="Correct">Right ones.</param>
/// <param name="Trials">All.</param>
public sealed record RetrievalCount(int Correct, int Trials)
{
    /// <summary>Share of right ones; NaN without trials.</summary>
    public double Share => (double)Correct / Trials;

    /// <summary>Its 95 % interval.</summary>
    public WilsonInterval Interval => WilsonInterval.Of(Correct, Trials);

    /// <summary>Standard error of the mean as lm-evaluation-harness has it, with n - 1; null for a single trial.</summary>
    public double? StandardError => Trials > 1 ? Math.Sqrt(Share * (1 - Share) / (Trials - 1)) : null;
}
