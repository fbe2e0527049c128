using Ropewalk.Lab.LongEmbed;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Rankings as trec_eval judges them. The cases with a source are other people's runs of trec_eval or pytrec_eval.</summary>
public sealed class RankingTests
{
    /// <summary>usnistgov/trec_eval, issue 22: documents a, b, c of which b is relevant; a run ties b with a, or with c.</summary>
    [Theory]
    [InlineData("b,a", 1.0)]
    [InlineData("b,c", 0.6309)]
    public void Ties_go_to_the_larger_id(string tied, double ndcg)
    {
        var ids = tied.Split(',');
        Assert.Equal(ndcg, RankScores.Ndcg(TrecOrder.Ranks(new float[2], ids, [0]), 10), 4);
    }

    /// <summary>cvangysel/pytrec_eval, issue 56: three documents of one score, d3 relevant.</summary>
    [Theory]
    [InlineData("d1,d2,d3", 1.0, 1.0)]
    [InlineData("d5,d4,d3", 1 / 3.0, 0.5)]
    public void Average_precision_and_ndcg_of_tied_runs(string tied, double map, double ndcg)
    {
        var ids = tied.Split(',');
        var ranks = TrecOrder.Ranks([1, 1, 1], ids, [2]);
        Assert.Equal((map, ndcg), (RankScores.AveragePrecision(ranks, 1000), RankScores.Ndcg(ranks, 10)));
    }

    /// <summary>terrierteam/ir_measures, issue 18: two documents of score 0, the second relevant; trec_eval's P_1 is 1.</summary>
    [Fact]
    public void The_second_of_two_equal_documents_comes_first() =>
        Assert.Equal(1, RankScores.Precision(TrecOrder.Ranks([0, 0], ["0", "1"], [1]), 1));

    [Fact]
    public void Ids_are_compared_as_bytes()
    {
        // U+FF5E is EF BD 9E and U+1F600 is F0 9F 98 80, but as UTF-16 the second begins with D83D.
        Assert.Equal([1, 0], TrecOrder.Of([1, 1], ["\uFF5E", "\U0001F600"]));
        Assert.Equal([2, 0, 1], TrecOrder.Of([1, 1, 2], ["doc-9", "doc-10", "a"]));
    }

    /// <summary>Two relevant documents at ranks 2 and 5 of a ranking, by hand: gains 1 / log2 3 and 1 / log2 6, of at most 1 + 1 / log2 3.</summary>
    [Fact]
    public void Measures_are_those_of_the_definitions()
    {
        var ranks = TrecOrder.Ranks([0.9f, 0.8f, 0.7f, 0.6f, 0.5f], ["e", "d", "c", "b", "a"], [4, 1]);
        Assert.Equal([2, 5], ranks);
        Assert.Equal((0.63092975 + 0.38685281) / 1.63092975, RankScores.Ndcg(ranks, 10), 7);
        Assert.Equal(0.63092975 / 1.63092975, RankScores.Ndcg(ranks, 4), 7);
        Assert.Equal(0, RankScores.Ndcg(ranks, 1));
        Assert.Equal(0.5 * (0.5 + 0.4), RankScores.AveragePrecision(ranks, 10), 12);
        Assert.Equal((0.25, 0.5), (RankScores.AveragePrecision(ranks, 3), RankScores.Recall(ranks, 3)));
        Assert.Equal((0.2, 0.5, 1, 0), (RankScores.Precision(ranks, 10), RankScores.ReciprocalRank(ranks, 10), RankScores.HitRate(ranks, 2), RankScores.HitRate(ranks, 1)));
    }

    [Fact]
    public void The_best_ranking_of_more_documents_than_k_has_1() => Assert.Equal(1, RankScores.Ndcg([.. Enumerable.Range(1, 12)], 10), 12);
}
