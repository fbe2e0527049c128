using System.Text;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>The order in which trec_eval reads a ranking, and with it pytrec_eval, BEIR and MTEB: by falling score, and documents of one score by
/// falling id, compared as bytes. Scores are float32 there, so two that differ less are equal.</summary>
public static class TrecOrder
{
    /// <summary>Places of all documents by rank.</summary>
    /// <param name="scores">One for each document, finite.</param>
    /// <param name="ids">One for each document.</param>
    public static int[] Of(ReadOnlySpan<float> scores, IReadOnlyList<string> ids)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        var values = scores.ToArray();
        Array.Sort(order, (x, y) => values[y].CompareTo(values[x]) is not 0 and var byScore ? byScore : CompareBytes(ids[y], ids[x]));
        return order;
    }

    /// <summary>Ranks, counted from 1 and rising, of some of the documents.</summary>
    /// <param name="scores">One for each document, finite.</param>
    /// <param name="ids">One for each document.</param>
    /// <param name="relevant">Their indices.</param>
    public static int[] Ranks(ReadOnlySpan<float> scores, IReadOnlyList<string> ids, IReadOnlyList<int> relevant)
    {
        var order = Of(scores, ids);
        return [.. relevant.Select(d => Array.IndexOf(order, d) + 1).Order()];
    }

    // UTF-16 code units sort in another order than bytes where there are surrogates.
    private static int CompareBytes(string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y));
}
