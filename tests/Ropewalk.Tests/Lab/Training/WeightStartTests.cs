using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Training;

namespace Ropewalk.Tests.Lab.Training;

public sealed class WeightStartTests
{
    private const int Texts = 64;

    /// <summary>Before it has learnt anything a new embedder keeps the tokens apart that it is given: a part of a text finds the text. With products that are added
    /// as large as the others, as an encoder's were until 2026-11-22, 40 and 45 of 64 did; with positions as large as tokens 26.</summary>
    [Theory]
    [InlineData(EmbedderShape.Absolute)]
    [InlineData(EmbedderShape.Rotary)]
    public void A_new_embedder_tells_texts_apart(string kind)
    {
        var shape = new EmbedderShape { Kind = kind, Width = 96, Layers = 4, Heads = 6, Vocabulary = 2000, Window = 64, PaddingToken = 0 };
        using var config = JsonDocument.Parse(shape.ToJson().ToJsonString());
        using var model = TrainableModel.CreateEncoder(config.RootElement, "--width");
        WeightStart.Fill(model, 1);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
        var random = new CounterRandom(3);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextInt(shape.Vocabulary))];
        var documents = Enumerable.Range(0, Texts).Select(_ => Tokens(64)).ToArray();
        var queries = documents.Select(d => d[20..44]).ToArray();
        float[] Vectors(int[][] texts) => [.. texts.SelectMany(t => embedder.Embed([new TrainedText(t)], CancellationToken.None))];
        int[] own = [.. Enumerable.Range(0, Texts)];
        var hits = new InfoNce(1).Run(Vectors(queries), Vectors(documents), embedder.Width, own, own).Hits;
        Assert.True(hits > 0.9 * Texts, $"{hits} of {Texts}");
    }
}
