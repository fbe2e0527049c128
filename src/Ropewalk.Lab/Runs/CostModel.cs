using System.Diagnostics;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Runs;

/// <summary>Seconds of a window of n tokens, n (a + b n): products with weights cost the same for each token, attention grows with the tokens before.
/// Measured by one round of windows of the target length, one a thread as a search runs them, and one of the original length.</summary>
/// <param name="PerToken">a, seconds a token.</param>
/// <param name="PerPair">b, seconds a token and token before it.</param>
public sealed record CostModel(double PerToken, double PerPair)
{
    private const int Rounds = 4;
    private const double LongEnoughSeconds = 2;

    /// <summary>Seconds of one window, with every thread at work.</summary>
    public double Seconds(double length) => length * (PerToken + (PerPair * length));

    /// <summary>The same law in multiply-adds instead of seconds: for choices that must not depend on how fast the machine was just then.</summary>
    public static CostModel Counted(Engine.Models.ModelShape shape)
    {
        var heads = (double)shape.NumHeads * shape.HeadWidth;
        var layer = (2 * heads * shape.HiddenWidth) + (2d * shape.NumKeyValueHeads * shape.HeadWidth * shape.HiddenWidth) + (3d * shape.FeedForwardWidth * shape.HiddenWidth);

        // A token looks at half of the window on average, with one product for the scores and one for the values.
        return new CostModel((shape.NumLayers * layer) + ((double)shape.VocabularySize * shape.HiddenWidth), shape.NumLayers * heads);
    }

    /// <summary>Times both lengths.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="set">Windows of the target length.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public static CostModel Measure(Evaluator evaluator, WindowSet set, int originalContext, CancellationToken cancellationToken)
    {
        var threads = Engine.Tensors.WorkerPool.NumThreads;
        var frequencies = evaluator.Model.Rope.Scaling.At(set.Length);
        double Time(int length)
        {
            var windows = Enumerable.Range(0, threads).Select(_ => set.Windows[0].Tokens[..length]).ToArray();
            var best = double.PositiveInfinity;
            for (var round = 0; round < Rounds; round++)
            {
                var start = Stopwatch.GetTimestamp();
                evaluator.Losses(windows, frequencies, cancellationToken);
                best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);

                // A long window needs no second look: compiling and cold caches are a small part of it.
                if (best > LongEnoughSeconds)
                {
                    break;
                }
            }

            return best / windows.Length / length;
        }

        var shortLength = Math.Min(originalContext, set.Length);
        var shortPerToken = Time(shortLength);
        if (shortLength == set.Length)
        {
            return new CostModel(shortPerToken, 0);
        }

        var longPerToken = Time(set.Length);
        var perPair = Math.Max(0, (longPerToken - shortPerToken) / (set.Length - shortLength));
        return new CostModel(longPerToken - (perPair * set.Length), perPair);
    }
}
