using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Effective;

/// <summary>Whether the loss rises along a window: stretches of L/4 positions past L against the same tokens as the last quarter of a window of L, so
/// that easy and hard places of a text do not show. Windows are resampled, or whole documents where there are enough; Bonferroni over the stretches.</summary>
/// <param name="documents">For each window the index of its document.</param>
/// <param name="original">L.</param>
/// <param name="numStretches">Stretches that are judged in all: the more, the wider each interval.</param>
/// <param name="seed">Of the resamples.</param>
public sealed class PositionRise(IReadOnlyList<int> documents, int original, int numStretches, ulong seed)
{
    private const int Resamples = 10_000;
    private const int FewestBeyond = 20;
    private const double Error = 0.05;

    private readonly int[][] _units = Units(documents);

    /// <summary>What is resampled, in words.</summary>
    public string Unit => _units.Length == documents.Count ? $"{_units.Length} windows" : $"{_units.Length} documents";

    /// <summary>Positions of a stretch.</summary>
    public static int Stretch(int original) => Math.Max(1, original / 4);

    /// <summary>The stretches of a run.</summary>
    /// <param name="losses">For each window, the loss of each token after its first.</param>
    /// <param name="atEnd">For each stretch past L, ascending, and each window, the losses of the stretch's tokens at the end of a window of L.</param>
    /// <param name="length">Tokens of a window: L and a multiple of the stretch.</param>
    public IReadOnlyList<PositionBucket> Measure(float[][] losses, IReadOnlyList<float[][]> atEnd, int length)
    {
        var step = Stretch(original);
        return [.. Enumerable.Range(0, (length - original) / step).Select(i =>
        {
            // Token number n, counted from 1, has the loss n - 2: the first has none.
            var end = original + ((i + 1) * step);
            var means = losses.Select(l => Mean(l.AsSpan(end - step - 1, step))).ToArray();
            var before = atEnd[i].Select(l => Mean(l)).ToArray();
            var (low, high) = Interval([.. means.Zip(before, (a, b) => a - b)]);
            return new PositionBucket(length, end, means.Average(), before.Average(), low, high);
        })];
    }

    private static int[][] Units(IReadOnlyList<int> documents)
    {
        var groups = documents.Select((d, i) => (Document: d, Index: i)).GroupBy(w => w.Document).Select(g => g.Select(w => w.Index).ToArray()).ToArray();
        return groups.Length >= EffectiveOptions.FewestWindows ? groups : [.. documents.Select((_, i) => new[] { i })];
    }

    private static double Mean(ReadOnlySpan<float> values)
    {
        var sum = 0d;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    private (double Low, double High) Interval(double[] differences)
    {
        var random = new CounterRandom(seed);
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            var (sum, count) = (0d, 0);
            for (var u = 0; u < _units.Length; u++)
            {
                foreach (var window in _units[random.NextInt(_units.Length)])
                {
                    sum += differences[window];
                    count++;
                }
            }

            means[r] = sum / count;
        }

        var tail = Error / numStretches / 2;
        if (tail * Resamples < FewestBeyond)
        {
            // So far out there are no resamples to count: Student's t with the resamples' deviation.
            var mean = means.Average();
            var half = StudentT.Quantile(tail, Math.Max(1, _units.Length - 1)) * Math.Sqrt(means.Average(m => (m - mean) * (m - mean)));
            return (mean - half, mean + half);
        }

        Array.Sort(means);
        return (means[(int)(tail * Resamples)], means[Resamples - 1 - (int)(tail * Resamples)]);
    }
}
