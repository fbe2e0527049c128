using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Contrastive;

/// <summary>A step of contrastive training: the pairs of a step in one batch.</summary>
/// <param name="model">The network that the embedder trains.</param>
/// <param name="embedder">The embedder.</param>
/// <param name="pairs">The data.</param>
/// <param name="settings">The loss.</param>
/// <param name="seed">Of skipped positions.</param>
public sealed class ContrastiveStep(TrainableModel model, TrainableEmbedder embedder, IPairSource pairs, ContrastiveSettings settings, ulong seed) : ITrainingStep
{
    private readonly CounterRandom _random = new CounterRandom(seed).Fork(0x736B6970);

    /// <inheritdoc />
    public long TokensOfStep { get; private set; }

    /// <inheritdoc />
    public double Backward(long number)
    {
        var batch = pairs.Batch(number);
        var documents = batch.Select(p => p.Positive).Concat(batch.SelectMany(p => p.Negatives));
        var random = _random.Fork((ulong)number);
        var texts = new ContrastiveBatch(
            [.. batch.Select(p => Place(p.Query, settings.SkippedOfQuery, random))], [.. documents.Select(d => Place(d, settings.SkippedOfDocument, random))], [.. Enumerable.Range(0, batch.Count)]);

        // Only whole steps count, so a stop waits for the end of one.
        var (loss, _) = texts.Backward(embedder, new InfoNce(settings.Temperature, settings.Symmetric), settings.Chunk, CancellationToken.None);
        TokensOfStep = texts.NumTokens;
        return loss;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        // The model and the data are the caller's.
    }

    /// <summary>A text at random positions below the target (2404.12096): moved as a whole where they are rows of a table, cut in two where only
    /// distances count.</summary>
    private TrainedText Place(int[] tokens, int skipped, CounterRandom random) => Placed(tokens, random) with { SkippedRows = Math.Min(skipped, tokens.Length - 1) };

    private TrainedText Placed(int[] tokens, CounterRandom random)
    {
        var room = settings.SkipsTo - tokens.Length;
        if (room <= 0)
        {
            return new TrainedText(tokens);
        }

        var moved = random.NextInt(room + 1);
        return model.PositionTable is not null ? new TrainedText(tokens, moved) : new TrainedText(tokens, 0, random.NextInt(tokens.Length), moved);
    }
}
