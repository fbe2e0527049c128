using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>Vectors of pairs under any scaling.</summary>
/// <param name="embedder">The embedder.</param>
/// <param name="cancellationToken">Stops between chunks of work.</param>
public sealed class PairEmbedder(TextEmbedder embedder, CancellationToken cancellationToken)
{
    private const int BatchTokens = 8192;

    /// <summary>Tokens through the model so far.</summary>
    public long TokensEvaluated { get; private set; }

    /// <summary>Told the tokens of each batch.</summary>
    public Action<int>? BatchDone { get; set; }

    /// <summary>The encoding as trained.</summary>
    public RopeGeometry Geometry => embedder.Model.Rope!.Geometry;

    /// <summary>A point of a search as a scaling for every length up to the target.</summary>
    public LongRopeScaling Scaling(SearchPoint point, int length) => new(Geometry, [new LongRopeEntry(length, point.RescaleFactors, point.AttentionFactor, point.StartTokens)]);

    /// <summary>Vectors of queries and of documents, each of length 1.</summary>
    public (float[][] Queries, float[][] Documents) Vectors(IReadOnlyList<TokenPair> pairs, RopeScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var method = new EncoderMethod { Scaling = scaling };
        int[][] texts = [.. pairs.Select(p => p.Query), .. pairs.Select(p => p.Document)];
        var vectors = new float[texts.Length][];
        for (var first = 0; first < texts.Length;)
        {
            var (count, tokens) = (1, texts[first].Length);
            while (first + count < texts.Length && tokens + texts[first + count].Length <= BatchTokens)
            {
                tokens += texts[first + count++].Length;
            }

            var start = first;
            embedder.Model.Forward(
                [.. texts.AsSpan(first, count).ToArray().Select(t => (ReadOnlyMemory<int>)t)],
                method,
                Pool.RowsOf(embedder.Pooling),
                (i, rows) => Pool.Normalize(vectors[start + i] = Pool.Forward(embedder.Pooling, rows, embedder.Width)),
                cancellationToken);
            first += count;
            TokensEvaluated += tokens;
            BatchDone?.Invoke(tokens);
        }

        return (vectors[..pairs.Count], vectors[pairs.Count..]);
    }
}
