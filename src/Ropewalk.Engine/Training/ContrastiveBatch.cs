namespace Ropewalk.Engine.Training;

/// <summary>Queries, their documents and hard negatives, whose loss counts all of them at once however few fit into memory.</summary>
public sealed class ContrastiveBatch
{
    private readonly TrainedText[] _texts;
    private readonly int[] _positives;
    private readonly int[] _ids;

    /// <summary>Takes a batch.</summary>
    /// <param name="queries">At least one.</param>
    /// <param name="documents">Documents of queries, and negatives.</param>
    /// <param name="positives">For each query the index of its document.</param>
    public ContrastiveBatch(IReadOnlyList<TrainedText> queries, IReadOnlyList<TrainedText> documents, int[] positives)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(positives.Length, queries.Count, nameof(positives));
        NumQueries = queries.Count;
        _texts = [.. queries, .. documents];
        _positives = positives;
        _ids = EqualTexts.Numbers(documents.Select(d => d.Tokens));
    }

    /// <summary>B.</summary>
    public int NumQueries { get; }

    /// <summary>Tokens of all texts.</summary>
    public long NumTokens => _texts.Sum(t => (long)t.Tokens.Length);

    /// <summary>Adds the gradient of the batch's loss to every trained parameter. Where not all texts fit into a chunk, gradients are cached (2101.06983):
    /// all texts are embedded chunk by chunk with nothing kept, the loss gives the gradient of each vector, and each chunk is computed again and
    /// walked back from these. The gradients are those of one pass.</summary>
    /// <param name="embedder">The model.</param>
    /// <param name="loss">The loss.</param>
    /// <param name="chunk">Texts that go through the model at once.</param>
    /// <param name="cancellationToken">Stops between layers.</param>
    /// <returns>Nats a query, and how many queries have their own document first.</returns>
    public (double Loss, int Hits) Backward(TrainableEmbedder embedder, InfoNce loss, int chunk, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1);
        var at = NumQueries * embedder.Width;
        InfoNce.Result? result = null;
        float[] GradientOf(float[] vectors)
        {
            result = loss.Run(vectors[..at], vectors[at..], embedder.Width, _positives, _ids);
            return [.. result.QueryGradient, .. result.DocumentGradient];
        }

        if (_texts.Length <= chunk)
        {
            embedder.Backward(_texts, GradientOf, cancellationToken);
            return (result!.Loss, result.Hits);
        }

        var chunks = _texts.Chunk(chunk).ToArray();
        var gradients = GradientOf([.. chunks.SelectMany(c => embedder.Embed(c, cancellationToken))]);
        for (var i = 0; i < chunks.Length; i++)
        {
            var first = i * chunk * embedder.Width;
            var count = chunks[i].Length * embedder.Width;
            embedder.Backward(chunks[i], _ => gradients[first..(first + count)], cancellationToken);
        }

        return (result!.Loss, result.Hits);
    }
}
