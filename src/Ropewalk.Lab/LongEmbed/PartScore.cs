namespace Ropewalk.Lab.LongEmbed;

/// <summary>What one method made of one part.</summary>
/// <param name="Length">Of a synthetic part, in tokens; else null.</param>
/// <param name="Ranks">For each query the ranks of its documents, from 1, rising.</param>
/// <param name="Depths">For each query where its answer lies; null where that is not known.</param>
/// <param name="Documents">How many there are.</param>
/// <param name="DocumentsCut">How many of them did not fit, so that their ends were not read.</param>
/// <param name="DocumentsChunked">How many were read in pieces.</param>
/// <param name="QueriesCut">Queries that did not fit.</param>
public sealed record PartScore(int? Length, IReadOnlyList<int[]> Ranks, IReadOnlyList<double>? Depths, int Documents, int DocumentsCut, int DocumentsChunked, int QueriesCut)
{
    /// <summary>Mean of a measure over the queries.</summary>
    public double Mean(Func<IReadOnlyList<int>, double> measure) => Ranks.Average(measure);
}
