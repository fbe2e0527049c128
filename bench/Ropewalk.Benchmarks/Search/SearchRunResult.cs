using Ropewalk.Lab.Search;

namespace Ropewalk.Benchmarks.Search;

/// <summary>What a run found.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Algorithm">Name of the algorithm.</param>
/// <param name="Seed">Of windows and draws.</param>
/// <param name="Points">Points that were judged.</param>
/// <param name="Tokens">Tokens that the search ran.</param>
/// <param name="Seconds">Time that they took.</param>
/// <param name="SearchNll">Loss of the best point on the search windows.</param>
/// <param name="HeldoutNll">Its loss on the measured windows.</param>
/// <param name="Low">Lower end of that perplexity's 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="AttentionFactor">Of the best point.</param>
/// <param name="RescaleFactors">Of the best point.</param>
/// <param name="Steps">The best points on the way.</param>
/// <param name="Build">What searched: an algorithm may have changed since.</param>
internal sealed record SearchRunResult(
    string Case, string Algorithm, ulong Seed, int Points, long Tokens, double Seconds, double SearchNll, double HeldoutNll, double Low, double High,
    double AttentionFactor, double[] RescaleFactors, SearchStep[] Steps, Guid Build)
{
    // The final loss and the steps' are summed in another order.
    private const double Rounding = 1e-9;

    /// <summary>The build that runs now.</summary>
    public static Guid ThisBuild { get; } = typeof(ISearchAlgorithm).Module.ModuleVersionId;

    /// <summary>Tokens until the measured loss was at most a given one; null where it never was.</summary>
    public long? TokensTo(double heldoutNll) => Steps.Where(s => s.HeldoutNll <= heldoutNll + Rounding).Select(s => (long?)s.Tokens).FirstOrDefault();
}
