using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Training;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Training;

/// <summary>Embedders in training against inference, which llama.cpp judges, and their gradients against differences of what they compute. Some tests
/// set the threads of the whole process, so they run alone.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EmbedderGradientTests
{
    private static readonly int[] s_lengths = [1, 70, 33, 150];

    public static TheoryData<string> Configs() => [.. SmallEncoders.All.Keys, "qwen3", "gemma3_text"];

    [Theory]
    [MemberData(nameof(Configs))]
    public void Vectors_are_those_of_inference(string name)
    {
        using var folder = Write(name, 40);
        using var inference = TextEncoder.Load(folder.Root);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        Assert.Equal(checkpoint.TensorNames.Sum(n => checkpoint.Find(n)!.Shape.Aggregate((a, b) => a * b)), model.Parameters.Sum(p => p.Length));
        var texts = Texts(model);
        foreach (var pooling in (Pooling[])[Pooling.Mean, Pooling.Cls, Pooling.Last, Pooling.WeightedMean])
        {
            var expected = new List<float>();
            inference.Forward([.. texts.Select(t => (ReadOnlyMemory<int>)t.Tokens)], EncoderMethod.None, RowChoice.All, (_, rows) =>
            {
                var vector = Pool.Forward(pooling, rows, model.Shape.HiddenWidth);
                Pool.Normalize(vector);
                expected.AddRange(vector);
            });
            Numbers.Close([.. expected], new TrainableEmbedder(model, pooling, normalizes: true).Embed(texts), 3e-6, $"{name}, {pooling}");
        }
    }

    [Theory]
    [MemberData(nameof(Configs))]
    public void The_gradient_agrees_with_differences_of_the_loss(string name)
    {
        using var folder = Write(name, 41);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var embedder = new TrainableEmbedder(model, name == "qwen3" ? Pooling.Last : Pooling.Mean, normalizes: true);
        var texts = Texts(model);
        var probe = Numbers.Random(texts.Length * embedder.Width, 42);
        ModelGradientTests.TrainAll(model);
        embedder.Backward(texts, _ => probe);
        foreach (var parameter in model.Parameters.Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal) && !p.Name.EndsWith("#Key", StringComparison.Ordinal)))
        {
            var gradient = ModelGradientTests.Gradient(parameter);
            var norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
            var before = ModelGradientTests.Values(parameter);
            const double H = 0.02;
            double At(double step)
            {
                ModelGradientTests.Set(parameter, [.. before.Select((v, i) => (float)(v + (step * gradient[i] / norm)))]);
                return embedder.Embed(texts).Select((v, i) => (double)v * probe[i]).Sum();
            }

            var wide = (At(2 * H) - At(-2 * H)) / (4 * H);
            var narrow = (At(H) - At(-H)) / (2 * H);
            ModelGradientTests.Set(parameter, before);
            Numbers.Close(((4 * narrow) - wide) / 3, norm, (1e-2 * norm) + 1e-4, $"{name}: {parameter.Name}, gradient of length {norm:G4}");
        }
    }

    [Fact]
    public void Neither_threads_nor_recomputation_change_a_bit_and_chunks_only_the_last_ones()
    {
        foreach (var name in (string[])["modernbert", "bert"])
        {
            using var folder = Write(name, 43);
            using var checkpoint = ModelLoader.Open(folder.Root);
            using var model = TrainableModel.LoadEmbedder(checkpoint);
            ModelGradientTests.TrainAll(model);
            var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
            var texts = Texts(model);
            var batch = new ContrastiveBatch([texts[0], texts[2]], [texts[1], texts[3], texts[2]], [1, 0]);
            var threads = WorkerPool.NumThreads;
            var results = new List<(int Chunk, double Loss, float[] Gradient)>();
            try
            {
                foreach (var (chunk, numThreads, recomputes) in ((int, int, bool)[])[(9, 1, false), (9, 3, false), (9, 2, true), (2, 1, false), (2, 4, false), (2, 2, true), (1, 2, false)])
                {
                    WorkerPool.NumThreads = numThreads;
                    model.Recomputes = recomputes;
                    foreach (var parameter in model.Parameters)
                    {
                        parameter.ClearGradient();
                    }

                    var (loss, _) = batch.Backward(embedder, new InfoNce(0.1), chunk);
                    results.Add((chunk, loss, [.. model.Parameters.SelectMany(ModelGradientTests.Gradient)]));
                }
            }
            finally
            {
                WorkerPool.NumThreads = threads;
            }

            var largest = results[0].Gradient.Max(Math.Abs);
            foreach (var (chunk, loss, gradient) in results)
            {
                var first = results.First(r => r.Chunk == chunk);
                Assert.Equal(first.Loss, loss);
                Numbers.Same(first.Gradient, gradient, $"{name}, chunks of {chunk}");

                // Other chunks add the same numbers up in another order.
                Numbers.Close(results[0].Loss, loss, 1e-6, "loss");
                Numbers.Close(results[0].Gradient, gradient, 2e-6 * largest, $"{name}, chunks of {chunk}");
            }
        }
    }

    [Fact]
    public void Places_are_positions()
    {
        using var folder = Write("bert", 44);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: false);
        var tokens = ModelGradientTests.Tokens(9, model.Shape.VocabularySize, 1);
        var moved = embedder.Embed([new TrainedText(tokens, 100, 4, 30)]);
        var table = model.PositionTable!;
        var before = ModelGradientTests.Values(table);
        for (var i = 0; i < 9; i++)
        {
            before.AsSpan((100 + i + (i >= 4 ? 30 : 0)) * table.Columns, table.Columns).CopyTo(table.RowSpan(i, 1));
        }

        table.Changed();
        Numbers.Same(embedder.Embed([new TrainedText(tokens)]), moved, "rows of the table");
        Assert.Throws<ArgumentException>(() => embedder.Embed([new TrainedText(tokens, 500, 4, 10)]));
        Assert.Throws<ArgumentException>(() => embedder.Embed([new TrainedText([])]));
        Assert.Throws<ArgumentException>(() => embedder.Embed([new TrainedText([1003])]));
    }

    [Fact]
    public void Rotary_texts_do_not_depend_on_where_they_begin_but_on_what_is_skipped()
    {
        using var folder = Write("nomic_bert", 45);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: false);
        var tokens = ModelGradientTests.Tokens(40, model.Shape.VocabularySize, 1);
        var plain = embedder.Embed([new TrainedText(tokens)]);
        Numbers.Same(plain, embedder.Embed([new TrainedText(tokens, 300)]), "moved as a whole");
        var skipped = embedder.Embed([new TrainedText(tokens, 0, 20, 300)]);
        Assert.True(plain.Zip(skipped, (a, b) => Math.Abs(a - b)).Max() > 1e-3);

        // Under positions divided by four, a skip of 300 is one of 75.
        var slower = new TrainableEmbedder(model, Pooling.Mean, normalizes: false) { Scaling = new LinearScaling(model.Rope.Geometry, 4) };
        Assert.True(plain.Zip(slower.Embed([new TrainedText(tokens)]), (a, b) => Math.Abs(a - b)).Max() > 1e-3);
    }

    [Fact]
    public void Frozen_rows_stay_while_their_neighbours_move()
    {
        using var folder = Write("bert", 46);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.LoadEmbedder(checkpoint);
        var table = model.PositionTable!;
        table.IsTrained = true;
        table.FrozenRows = [.. Enumerable.Range(0, table.Rows).Select(row => row % 2 == 0)];
        using var optimizer = new AdamW([table], new AdamWSettings());
        var embedder = new TrainableEmbedder(model, Pooling.Mean, normalizes: true);
        var before = ModelGradientTests.Values(table);
        for (var step = 0; step < 3; step++)
        {
            embedder.Backward(Texts(model), v => Numbers.Random(v.Length, 47));
            optimizer.Step(0.01);
        }

        var width = table.Columns;
        for (var row = 0; row < table.Rows; row++)
        {
            var isSame = table.RowSpan(row, 1).SequenceEqual(before.AsSpan(row * width, width));
            Assert.Equal(row % 2 == 0 || row >= 150, isSame);
        }
    }

    private static TemporaryFolder Write(string name, ulong seed)
    {
        var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallEncoders.All.GetValueOrDefault(name) ?? SmallConfigs.All[name], seed);
        return folder;
    }

    private static TrainedText[] Texts(TrainableModel model) => [.. s_lengths.Select((n, i) => new TrainedText(ModelGradientTests.Tokens(n, model.Shape.VocabularySize, (ulong)i)))];
}
