using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

/// <summary>The gradient that a search gets against differences of the losses that the engine for inference computes, which shares no code with it.</summary>
public sealed class ModelGradientsTests
{
    private const double Step = 0.03;

    [Fact]
    public void It_is_the_slope_of_the_losses_that_inference_gives()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "models", "bytes2m");
        using var model = ModelLoader.Load(folder);
        using var evaluator = new Evaluator(model);
        using var trainable = ModelGradients.Load(folder);
        var geometry = model.Rope.Geometry;
        var text = Enumerable.Range(0, 700).Select(i => (int)"It was the best of times, it was the worst of times. "[i % 53]).ToArray();

        // Two windows, one of them of two parts of which only the ends count.
        SearchWindow[] windows = [new([new ScoredPart(text[..600], 1, 1)]), new([new ScoredPart(text[30..], 400, 0.25), new ScoredPart(text[100..300], 150, 0.75)])];
        var answers = new ModelSearchEvaluator(evaluator, geometry, 600, windows, CancellationToken.None, new ModelGradients(trainable, windows, CancellationToken.None));
        var point = new SearchPoint([.. Enumerable.Range(0, geometry.Pairs).Select(i => 1 + (0.05 * i))], 0, 1.05);
        var answer = answers.Evaluate([new EvaluationRequest(point, 0, 2) { WantsGradient = true }])[0];
        var losses = answers.Evaluate([new EvaluationRequest(point, 0, 2)])[0];
        Assert.Equal(2 + geometry.Pairs + 1, answer.Length);
        Assert.Equal(losses[0], answer[0], 1e-4);
        Assert.Equal(losses[1], answer[1], 1e-4);

        double Mean(SearchPoint p) => answers.Evaluate([new EvaluationRequest(p, 0, 2)])[0].Average();
        SearchPoint Moved(int pair, double by) => point with { RescaleFactors = point.RescaleFactors.SetItem(pair, point.RescaleFactors[pair] * Math.Exp(by)) };
        var largest = answer[2..].Max(Math.Abs);
        foreach (var pair in new[] { 0, 3, 9, 14, 20, geometry.Pairs - 1 })
        {
            // The angle of the farthest token moves by at most a twentieth of a radian: a fast pair's loss is no line over more than that.
            var step = Math.Min(Step, 0.05 / (geometry.InverseFrequency(pair) * 600));
            var slope = (Mean(Moved(pair, step)) - Mean(Moved(pair, -step))) / (2 * step);
            Assert.Equal(slope, answer[2 + pair], 0.03 * largest);
        }

        var attention = (Mean(point with { AttentionFactor = point.AttentionFactor * Math.Exp(Step) }) - Mean(point with { AttentionFactor = point.AttentionFactor * Math.Exp(-Step) })) / (2 * Step);
        Assert.Equal(attention, answer[^1], 0.03 * largest);
        Assert.True(largest > 1e-3, $"slopes of at most {largest} prove nothing");
    }
}
