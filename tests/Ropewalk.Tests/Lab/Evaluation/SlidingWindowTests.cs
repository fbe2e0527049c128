using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.Evaluation;

/// <summary>Against a loop that shows the model, for each token, exactly the context that the documentation promises.</summary>
public sealed class SlidingWindowTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(8, false)]
    public void Each_token_sees_the_context_that_is_documented(int stride, bool keepFirst)
    {
        const int Context = 16;
        const int Length = 45;
        var tiny = new TinyLlama().Fill(5);
        using var folder = new TemporaryFolder();
        tiny.Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var random = new CounterRandom(6);
        var windows = Enumerable.Range(0, 2).Select(w => new EvaluationWindow(w, 0, [.. Enumerable.Range(0, Length).Select(_ => random.NextInt(tiny.Vocabulary))])).ToArray();
        var set = new WindowSet(Length, [.. windows], ["a", "b"]);
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        var found = SlidingWindow.Losses(new Evaluator(model), set, Context, stride, keepFirst, frequencies);
        var runs = 1L + ((Length - Context - 1 + stride - 1) / stride);
        Assert.Equal(windows.Length * runs * Context, SlidingWindow.Cost(set, Context, stride));
        for (var w = 0; w < windows.Length; w++)
        {
            var tokens = windows[w].Tokens;
            Assert.Equal(Length - 1, found[w].Length);
            for (var t = 1; t < Length; t++)
            {
                // Up to token L everything before it; then L minus the place in its stretch counted from the stretch's end.
                var seen = t;
                if (t > Context)
                {
                    var stretch = (t - Context - 1) / stride;
                    var last = Math.Min(Context + 1 + ((stretch + 1) * stride), Length) - 1;
                    seen = Context - (last - t);
                    Assert.InRange(seen, Context - stride + 1, Context);
                }

                var context = tokens[(t - seen)..t];
                if (keepFirst && t > Context)
                {
                    context[0] = tokens[0];
                }

                var logits = tiny.Forward(context, frequencies)[^1];
                var most = logits.Max();
                var expected = Math.Log(logits.Sum(l => Math.Exp(l - most))) + most - logits[tokens[t]];
                Numbers.Close(expected, found[w][t - 1], 5e-5, $"stride {stride} keepFirst {keepFirst} window {w} token {t}");
            }
        }
    }

    [Fact]
    public void A_window_within_the_context_is_one_run_and_strides_have_bounds()
    {
        using var folder = new TemporaryFolder();
        new TinyLlama().Fill(5).Write(folder);
        using var model = ModelLoader.Load(folder.Root);
        var frequencies = new RopeFrequencies(model.Rope.Geometry.InverseFrequencies());
        var tokens = Enumerable.Range(0, 17).ToArray();
        var set = new WindowSet(17, [new EvaluationWindow(0, 0, tokens)], ["a"]);
        var evaluator = new Evaluator(model);
        Numbers.Same(evaluator.Losses([tokens], frequencies)[0], SlidingWindow.Losses(evaluator, set, 16, 1, true, frequencies)[0], "one run");
        Assert.Throws<ArgumentOutOfRangeException>(() => SlidingWindow.Losses(evaluator, set, 16, 0, true, frequencies));
        Assert.Throws<ArgumentOutOfRangeException>(() => SlidingWindow.Losses(evaluator, set, 16, 17, true, frequencies));
    }
}
