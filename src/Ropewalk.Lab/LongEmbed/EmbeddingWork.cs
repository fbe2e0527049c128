using System.Diagnostics;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Work of texts in multiply-adds, n (a + b n) for n tokens at once, and how fast this machine does them.</summary>
/// <param name="PerToken">a: the weights of the layers.</param>
/// <param name="PerPair">b: attention, of a token with each other one or with those before.</param>
internal sealed record EmbeddingWork(double PerToken, double PerPair)
{
    private const int Rounds = 3;
    private const int LongestTimed = 1024;

    /// <summary>The work of a model's texts.</summary>
    public static EmbeddingWork Of(TextEncoder model)
    {
        var shape = model.Shape;
        var attention = 2d * shape.NumLayers * shape.NumHeads * shape.HeadWidth;
        return new EmbeddingWork(model.NumParameters - ((double)shape.VocabularySize * shape.HiddenWidth), model.IsCausal ? attention / 2 : attention);
    }

    /// <summary>Work of tokens that go through at once.</summary>
    public double At(int tokens) => tokens * (PerToken + (PerPair * tokens));

    /// <summary>Work of one text.</summary>
    /// <param name="tokens">That it has.</param>
    /// <param name="kept">Most of them that are read.</param>
    /// <param name="piece">Tokens of a piece where it is cut into pieces; <paramref name="kept"/> where not.</param>
    public double At(int tokens, int kept, int piece)
    {
        var read = Math.Min(tokens, kept);
        return read <= piece ? At(read) : (int)Math.Ceiling((double)read / piece) * At(piece);
    }

    /// <summary>Seconds of a multiply-add with every thread at work, from texts of the model's window.</summary>
    public double MeasureSeconds(TextEmbedder embedder, CancellationToken stop)
    {
        var length = Math.Min(embedder.MaxTokens, LongestTimed);
        int[] tokens = [.. Enumerable.Range(0, length).Select(i => i * 31 % embedder.Model.Shape.VocabularySize)];
        var best = double.PositiveInfinity;
        for (var round = 0; round < Rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            embedder.Model.Forward([tokens], EncoderMethod.None, Pool.RowsOf(embedder.Pooling), (_, _) => { }, stop);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best / At(length);
    }
}
