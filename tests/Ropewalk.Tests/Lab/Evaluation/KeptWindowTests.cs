using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.Evaluation;

/// <summary>What an evaluator keeps of a window changes its speed and nothing else.</summary>
public sealed class KeptWindowTests
{
    [Fact]
    public void Losses_are_the_same_under_all_frequencies_whatever_fits_the_budget()
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, SmallConfigs.All["llama"], 5);
        using var model = ModelLoader.Load(folder.Root);
        var windows = new[] { 60, 1, 130, 60 }.Select((length, w) => Enumerable.Range(0, length).Select(t => ((t * 17) + w) % model.Shape.VocabularySize).ToArray()).ToArray();
        var plain = model.Rope.Geometry.InverseFrequencies();
        using var without = new Evaluator(model);
        foreach (var budget in (long[])[0, PreparedTokens.SizeBytes(model.Shape, 59), PreparedTokens.SizeBytes(model.Shape, 59 + 129), long.MaxValue])
        {
            using var with = new Evaluator(model);
            with.Keep(windows, budget);
            with.Keep(windows, budget);
            foreach (var factor in (double[])[1, 2.5])
            {
                var frequencies = new RopeFrequencies([.. plain.Select(f => f / factor)]);
                var expected = without.Losses(windows, frequencies);
                var kept = with.Losses(windows, frequencies);
                for (var w = 0; w < windows.Length; w++)
                {
                    Assert.Equal(windows[w].Length - 1, kept[w].Length);
                    Numbers.Same(expected[w], kept[w], $"budget {budget}, factor {factor}, window {w}");
                }
            }
        }
    }
}
