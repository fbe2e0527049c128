using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Training;

namespace Ropewalk.Tests.Lab.Contrastive;

public sealed class ContrastiveStepTests
{
    private static readonly InfoNce s_loss = new(0.1);

    [Theory]
    [InlineData("bert")]
    [InlineData("nomic_bert")]
    public void A_step_is_a_function_of_its_number_and_spreads_texts_over_the_target(string name)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All[name], 60);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
        ContrastiveStep Step(int skipsTo, ulong seed = 0) => new(model, embedder, new Pairs(), new ContrastiveSettings { Temperature = 0.1, SkipsTo = skipsTo }, seed);
        var plain = Step(0).Backward(3);
        Assert.Equal(plain, Batch(0, 0).Backward(embedder, s_loss, 100).Loss);

        // No room, no skip.
        Assert.Equal(plain, Step(3).Backward(3));
        var spread = Step(512).Backward(3);
        Assert.NotEqual(plain, spread);
        Assert.NotEqual(spread, Step(512, seed: 1).Backward(3));
        var again = Step(512);
        _ = again.Backward(7);
        Assert.Equal(spread, again.Backward(3));
        Assert.Equal(6 + 5 + 4 + 6 + 3, again.TokensOfStep);
    }

    [Fact]
    public void Rows_of_prompts_can_be_left_out()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All["bert"], 61);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
        using var step = new ContrastiveStep(model, embedder, new Pairs(), new ContrastiveSettings { Temperature = 0.1, SkippedOfQuery = 2, SkippedOfDocument = 1 }, 0);
        var loss = step.Backward(0);
        Assert.Equal(Batch(2, 1).Backward(embedder, s_loss, 100).Loss, loss);
        Assert.NotEqual(Batch(0, 0).Backward(embedder, s_loss, 100).Loss, loss);
    }

    private static ContrastiveBatch Batch(int skippedOfQuery, int skippedOfDocument)
    {
        var pairs = new Pairs().Batch(0);
        TrainedText Query(int[] tokens) => new(tokens) { SkippedRows = skippedOfQuery };
        TrainedText Document(int[] tokens) => new(tokens) { SkippedRows = skippedOfDocument };
        return new ContrastiveBatch(
            [.. pairs.Select(p => Query(p.Query))], [.. pairs.Select(p => Document(p.Positive)), .. pairs.SelectMany(p => p.Negatives).Select(Document)], [0, 1]);
    }

    private sealed class Pairs : IPairSource
    {
        public string Identity => "";

        public IReadOnlyList<TrainingPair> Batch(long number) =>
            [new(Tokens(6, 1), Tokens(5, 2), []), new(Tokens(4, 3), Tokens(6, 4), [Tokens(3, 5)])];

        private static int[] Tokens(int count, ulong seed) => ModelGradientTests.Tokens(count, 1003, seed);
    }
}
