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
    /// <summary>Seconds of one window, with every thread at work.</summary>
    public double Seconds(double length) => length * (PerToken + (PerPair * length));

    /// <summary>Times both lengths.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="set">Windows of the target length.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public static CostModel Measure(Evaluator evaluator, WindowSet set, int originalContext, CancellationToken cancellationToken)
    {
        var threads = Engine.Tensors.WorkerPool.NumThreads;
        var frequencies = evaluator.Model.Rope.Scaling.At(set.Length);
        double Time(int length, int rounds)
        {
            var windows = Enumerable.Range(0, threads * rounds).Select(_ => set.Windows[0].Tokens[..length]).ToArray();
            var start = Stopwatch.GetTimestamp();
            evaluator.Losses(windows, frequencies, cancellationToken);
            return Stopwatch.GetElapsedTime(start).TotalSeconds / windows.Length;
        }

        // The first window pays for compiling the kernels.
        var shortLength = Math.Min(originalContext, set.Length);
        Time(shortLength, 1);
        var shortSeconds = Time(shortLength, 2);
        if (shortLength == set.Length)
        {
            return new CostModel(shortSeconds / shortLength, 0);
        }

        var longPerToken = Time(set.Length, 1) / set.Length;
        var shortPerToken = shortSeconds / shortLength;
        var perPair = Math.Max(0, (longPerToken - shortPerToken) / (set.Length - shortLength));
        return new CostModel(longPerToken - (perPair * set.Length), perPair);
    }
}
