using Ropewalk.Engine.Training;

namespace Ropewalk.Lab.Contrastive;

/// <summary>How often a query's own document is the nearest of all of its kind and length.</summary>
/// <param name="Kind">spans, facts or lines.</param>
/// <param name="Length">Tokens of a document.</param>
/// <param name="Pairs">Queries, and documents.</param>
/// <param name="Hits">Queries whose own document is nearest.</param>
public sealed record PairRecall(string Kind, int Length, int Pairs, int Hits)
{
    private const int Count = 256;

    // Of long texts fewer, since each costs its length: 64 at 2,048 tokens and above.
    private const int FewestPairs = 64;
    private const int TokensOfOneKind = 131_072;

    /// <summary>recall@1.</summary>
    public double Recall => (double)Hits / Pairs;

    /// <summary>Measures held-out pairs at the window, its half and its quarter.</summary>
    /// <param name="embedder">The embedder.</param>
    /// <param name="pairs">Has the pairs.</param>
    /// <param name="window">Tokens of the longest document.</param>
    /// <param name="chunk">Texts that go through the model at once.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="skipped">Rows of a query's and of a document's prompt that their means leave out.</param>
    public static IReadOnlyList<PairRecall> Measure(TrainableEmbedder embedder, TextPairs pairs, int window, int chunk, CancellationToken stop, (int Query, int Document) skipped = default)
    {
        var results = new List<PairRecall>();
        foreach (var length in (int[])[window / 4, window / 2, window])
        {
            foreach (var kind in Enum.GetValues<PairKind>())
            {
                var heldOut = pairs.HeldOutPairs(kind, Math.Clamp(TokensOfOneKind / length, FewestPairs, Count), window / 4, length);
                results.Add(new PairRecall(kind.ToString().ToLowerInvariant(), length, heldOut.Count, HitsOf(embedder, heldOut, chunk, skipped, stop)));
            }
        }

        return results;
    }

    private static int HitsOf(TrainableEmbedder embedder, IReadOnlyList<TrainingPair> pairs, int chunk, (int Query, int Document) skipped, CancellationToken stop)
    {
        if (pairs.Count == 0)
        {
            return 0;
        }

        float[] Vectors(IEnumerable<int[]> texts, int skippedRows) =>
            [.. texts.Select(t => new TrainedText(t) { SkippedRows = Math.Min(skippedRows, t.Length - 1) }).Chunk(chunk).SelectMany(c => embedder.Embed(c, stop))];
        int[] own = [.. Enumerable.Range(0, pairs.Count)];
        return new InfoNce(1).Run(Vectors(pairs.Select(p => p.Query), skipped.Query), Vectors(pairs.Select(p => p.Positive), skipped.Document), embedder.Width, own, own).Hits;
    }
}
