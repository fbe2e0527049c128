namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>How well queries find their documents among all of a set.</summary>
public static class PairScores
{
    /// <summary>The temperature that cosines are divided by. At the 0.01 that embedders are trained with a few pairs decide a set's loss alone.</summary>
    public const double Temperature = 0.05;

    /// <summary>The contrastive loss: mean over queries i of -ln softmax_j(cos(q_i, d_j) / temperature) at j = i, in nats. Documents
    /// of the same text count once.</summary>
    /// <param name="queries">Vectors of length 1.</param>
    /// <param name="documents">As many, of length 1.</param>
    /// <param name="texts">For each document a number that only equal documents share.</param>
    public static double Loss(IReadOnlyList<float[]> queries, IReadOnlyList<float[]> documents, IReadOnlyList<int> texts)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(texts);
        var sum = 0d;
        for (var i = 0; i < queries.Count; i++)
        {
            var own = Cosine(queries[i], documents[i]) / Temperature;
            var scores = Among(texts, i).Select(j => Cosine(queries[i], documents[j]) / Temperature).ToArray();
            var largest = scores.Max();
            sum += largest + Math.Log(scores.Sum(s => Math.Exp(s - largest))) - own;
        }

        return sum / queries.Count;
    }

    /// <summary>Queries whose document is among the nearest of different texts; a tie counts against it.</summary>
    /// <param name="queries">Vectors of length 1.</param>
    /// <param name="documents">As many, of length 1.</param>
    /// <param name="texts">For each document a number that only equal documents share.</param>
    /// <param name="nearest">How many are looked at, at least 1.</param>
    public static int Found(IReadOnlyList<float[]> queries, IReadOnlyList<float[]> documents, IReadOnlyList<int> texts, int nearest)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(texts);
        return Enumerable.Range(0, queries.Count).Count(i =>
        {
            var own = Cosine(queries[i], documents[i]);
            return Among(texts, i).Count(j => j != i && !(Cosine(queries[i], documents[j]) < own)) < nearest;
        });
    }

    /// <summary>A query's own document and the others, each text once.</summary>
    private static IEnumerable<int> Among(IReadOnlyList<int> texts, int own) =>
        Enumerable.Range(0, texts.Count).Where(j => j == own || texts[j] != texts[own]).DistinctBy(j => texts[j]);

    private static double Cosine(float[] a, float[] b)
    {
        var sum = 0d;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (double)a[i] * b[i];
        }

        return sum;
    }
}
