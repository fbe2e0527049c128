namespace Ropewalk.Lab.LongEmbed;

/// <summary>Measures of one query's ranking by its relevant documents alone, each of gain 1, as trec_eval has them.</summary>
public static class RankScores
{
    /// <summary>nDCG@k: gains over log2(rank + 1) in the first k, divided by what the best ranking of all relevant documents would have there.</summary>
    /// <param name="ranks">Ranks of all relevant documents, from 1, rising; at least one.</param>
    /// <param name="k">At least 1.</param>
    public static double Ndcg(IReadOnlyList<int> ranks, int k)
    {
        var found = ranks.Where(r => r <= k).Sum(r => 1 / Math.Log2(r + 1));
        return found / Enumerable.Range(1, Math.Min(k, ranks.Count)).Sum(r => 1 / Math.Log2(r + 1));
    }

    /// <summary>Average precision of the first k: the precisions at the relevant documents there, over the number of relevant documents.</summary>
    /// <param name="ranks">As for <see cref="Ndcg"/>.</param>
    /// <param name="k">At least 1.</param>
    public static double AveragePrecision(IReadOnlyList<int> ranks, int k) =>
        ranks.Select((r, i) => r <= k ? (i + 1d) / r : 0).Sum() / ranks.Count;

    /// <summary>Share of the relevant documents that are among the first k.</summary>
    /// <param name="ranks">As for <see cref="Ndcg"/>.</param>
    /// <param name="k">At least 1.</param>
    public static double Recall(IReadOnlyList<int> ranks, int k) => (double)ranks.Count(r => r <= k) / ranks.Count;

    /// <summary>Share of the first k that is relevant; fewer documents than k make it no larger.</summary>
    /// <param name="ranks">As for <see cref="Ndcg"/>.</param>
    /// <param name="k">At least 1.</param>
    public static double Precision(IReadOnlyList<int> ranks, int k) => (double)ranks.Count(r => r <= k) / k;

    /// <summary>One over the first relevant rank, 0 where it is beyond k.</summary>
    /// <param name="ranks">As for <see cref="Ndcg"/>.</param>
    /// <param name="k">At least 1.</param>
    public static double ReciprocalRank(IReadOnlyList<int> ranks, int k) => ranks[0] <= k ? 1d / ranks[0] : 0;

    /// <summary>1 where a relevant document is among the first k.</summary>
    /// <param name="ranks">As for <see cref="Ndcg"/>.</param>
    /// <param name="k">At least 1.</param>
    public static double HitRate(IReadOnlyList<int> ranks, int k) => ranks[0] <= k ? 1 : 0;
}
