using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Training;
using Ropewalk.Positions.Plans;
using Ropewalk.Tests.EndToEnd;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Training;

/// <summary>Sets the threads of the whole process, so it runs alone.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ModelDeterminismTests
{
    // With few heads attention is cut otherwise for each number of threads: six on four or five, one on any, of a sequence of one to three ranges of keys.
    [Theory]
    [InlineData("gemma3_text", "full", new[] { 200, 1, 130, 64 })]
    [InlineData("llama", "full", new[] { 600 })]
    [InlineData("llama", "self-extend:group=4,window=20", new[] { 600, 300 })]
    [InlineData("llama", "sinks:start=4,recent=40", new[] { 700 })]
    public void Neither_threads_nor_recomputation_change_a_bit(string config, string plan, int[] lengths)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, config == "llama" ? RandomCheckpoint.Config(SmallConfigs.All[config], """{"num_hidden_layers":2,"vocab_size":203}""") : SmallConfigs.All[config], 36);
        using var checkpoint = ModelLoader.Open(folder.Root);
        using var model = TrainableModel.Load(checkpoint);
        using var rotary = new RotaryTable(model.Rope.Scaling.At(lengths.Max()), PositionPlanRegistry.Parse(plan, 512).Causal(), lengths.Max());
        TrainingSequence[] batch = [.. lengths.Select((n, i) => ModelGradientTests.Sequence(ModelGradientTests.Tokens(n, model.Shape.VocabularySize, (ulong)i), rotary))];
        ModelGradientTests.TrainAll(model);
        var threads = WorkerPool.NumThreads;
        List<(double Loss, float[] Gradient, double[] Frequencies)> results = [];
        try
        {
            foreach (var (numThreads, recomputes) in ((int, bool)[])[(1, false), (2, false), (4, false), (5, false), (1, true), (7, true)])
            {
                WorkerPool.NumThreads = numThreads;
                model.Recomputes = recomputes;
                foreach (var parameter in model.Parameters)
                {
                    parameter.ClearGradient();
                }

                var gradient = new RotaryGradient(rotary.NumPairs);
                var loss = model.Backward(batch, 0.01f, gradient);
                results.Add((loss, [.. model.Parameters.SelectMany(ModelGradientTests.Gradient)], [.. gradient.InverseFrequencies, gradient.AttentionFactor]));
            }
        }
        finally
        {
            WorkerPool.NumThreads = threads;
        }

        foreach (var (loss, gradient, frequencies) in results)
        {
            Assert.Equal(results[0].Loss, loss);
            Assert.Equal(results[0].Frequencies, frequencies);
            Numbers.Same(results[0].Gradient, gradient, "gradient");
        }
    }
}
