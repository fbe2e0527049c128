using Ropewalk.Lab.Comparison;
using Ropewalk.Lab.Retrieval;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>What one method made of one task.</summary>
/// <param name="Method">The method's name.</param>
/// <param name="Cutoff">The k of nDCG@k.</param>
/// <param name="Parts">By rising length.</param>
/// <param name="Low">Lower end of the score's 95 % interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="Standing">Beside the other methods of the task, on the same queries.</param>
public sealed record TaskScore(string Method, int Cutoff, IReadOnlyList<PartScore> Parts, double Low, double High, Standing Standing)
{
    /// <summary>Bands of depth that a synthetic task's heat map has.</summary>
    public const int Bands = 5;

    /// <summary>nDCG@k of each part, averaged; with k = 1 that is the share of queries whose document comes first.</summary>
    public double Score => Parts.Average(PartValue);

    /// <summary>Documents of all parts.</summary>
    public int Documents => Parts.Sum(p => p.Documents);

    /// <summary>Documents that did not fit.</summary>
    public int DocumentsCut => Parts.Sum(p => p.DocumentsCut);

    /// <summary>Each query's nDCG@k, part after part.</summary>
    public IReadOnlyList<double> ByQuery => [.. Parts.SelectMany(p => p.Ranks).Select(r => RankScores.Ndcg(r, Cutoff))];

    /// <summary>A part's score.</summary>
    public double PartValue(PartScore part) => part.Mean(r => RankScores.Ndcg(r, Cutoff));

    /// <summary>First places among the queries whose answer lies in a band of depth, of one length or of all.</summary>
    /// <param name="length">Null for all.</param>
    /// <param name="band">0 .. <see cref="Bands"/> - 1; null for all.</param>
    public RetrievalCount Count(int? length, int? band)
    {
        var ranks = Parts.Where(p => length is null || p.Length == length)
            .SelectMany(p => p.Ranks.Where((_, i) => band is null || Math.Min(Bands - 1, (int)(p.Depths![i] * Bands)) == band)).ToList();
        return new RetrievalCount(ranks.Count(r => r[0] == 1), ranks.Count);
    }
}
