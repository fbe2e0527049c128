using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Runs;

/// <summary>What an attention factor costs at the old window with every rescale factor 1: Hugging Face and llama.cpp apply one attention factor
/// to the short list and the long one, so a factor that helps at the target sharpens attention at L too.</summary>
/// <param name="evaluator">Runs the model.</param>
/// <param name="windows">Search windows of L tokens.</param>
/// <param name="measurements">Records of the job.</param>
/// <param name="stop">Stops between chunks.</param>
public sealed class ShortWindowCheck(Evaluator evaluator, WindowSet windows, IMeasurements measurements, CancellationToken stop)
{
    // Leaves room for the difference between search text and held-out text.
    private const double Margin = 0.75;
    private const double Step = 0.005;

    private readonly RopeFrequencies _original = evaluator.Model.Rope.Scaling.At(windows.Length);
    private double? _untouched;

    /// <summary>Relative loss of perplexity at L: 0.01 is 1 %.</summary>
    public double Loss(double attentionFactor)
    {
        _untouched ??= Mean(_original.AttentionFactor);
        return Math.Exp(Mean(attentionFactor) - _untouched.Value) - 1;
    }

    /// <summary>The largest factor from 1 to a limit, on a grid of 0.005, that costs at most three quarters of what is allowed.</summary>
    public double LargestFactor(double limit, double allowed)
    {
        if (Loss(limit) <= Margin * allowed)
        {
            return limit;
        }

        var (low, high) = (0, (int)Math.Floor((limit - 1) / Step));
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Loss(1 + (middle * Step)) <= Margin * allowed)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return Math.Round(1 + (low * Step), 3);
    }

    private double Mean(double attentionFactor) => measurements.Values("old window by attention factor", [attentionFactor], windows.NumTokens, _ =>
        [evaluator.Losses([.. windows.Windows.Select(w => w.Tokens)], new RopeFrequencies(_original.InverseFrequencies, attentionFactor), stop).Average(l => l.Average(x => (double)x))])[0];
}
