using Ropewalk.Engine.Training;

namespace Ropewalk.Lab.Contrastive;

/// <summary>How often a query's own document is the nearest of all of its kind and length.</summary>
/// <param name="Kind">spans or recall.</param>
/// <param name="Length">Tokens of a document.</param>
/// <param name="Pairs">Queries, and documents.</param>
/// <param name="Hits">Queries whose own document is nearest.</param>
public sealed record PairRecall(string Kind, int Length, int Pairs, int Hits)
{
    private const int Count = 256;

    /// <summary>recall@1.</summary>
    public double Recall => (double)Hits / Pairs;

    /// <summary>Measures held-out pairs at the window, its half and its quarter.</summary>
    public static IReadOnlyList<PairRecall> Measure(TrainableEmbedder embedder, TextPairs pairs, int window, int chunk, CancellationToken stop)
    {
        var results = new List<PairRecall>();
        foreach (var length in (int[])[window / 4, window / 2, window])
        {
            var (spans, recall) = pairs.HeldOutPairs(Count, window / 4, length);
            results.Add(new PairRecall("spans", length, spans.Count, HitsOf(embedder, spans, chunk, stop)));
            results.Add(new PairRecall("recall", length, recall.Count, HitsOf(embedder, recall, chunk, stop)));
        }

        return results;
    }

    private static int HitsOf(TrainableEmbedder embedder, IReadOnlyList<TrainingPair> pairs, int chunk, CancellationToken stop)
    {
        if (pairs.Count == 0)
        {
            return 0;
        }

        float[] Vectors(IEnumerable<int[]> texts) => [.. texts.Select(t => new TrainedText(t)).Chunk(chunk).SelectMany(c => embedder.Embed(c, stop))];
        int[] own = [.. Enumerable.Range(0, pairs.Count)];
        return new InfoNce(1).Run(Vectors(pairs.Select(p => p.Query)), Vectors(pairs.Select(p => p.Positive)), embedder.Width, own, own).Hits;
    }
}
