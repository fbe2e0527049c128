using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Effective;

/// <summary>Whether the loss rises along a window: stretches of L/4 positions past L against the last such stretch before L. The same
/// windows give both sides (paired); windows are resampled, or whole documents where there are enough; Bonferroni over the stretches.</summary>
/// <param name="documents">For each window the index of its document.</param>
/// <param name="original">L.</param>
/// <param name="numStretches">Stretches that are judged in all: the more, the wider each interval.</param>
/// <param name="seed">Of the resamples.</param>
public sealed class PositionRise(IReadOnlyList<int> documents, int original, int numStretches, ulong seed)
{
    private const int Resamples = 10_000;
    private const double Error = 0.05;

    private readonly int[][] _units = Units(documents);

    /// <summary>What is resampled, in words.</summary>
    public string Unit => _units.Length == documents.Count ? $"{_units.Length} windows" : $"{_units.Length} documents";

    /// <summary>Positions of a stretch.</summary>
    public static int Stretch(int original) => Math.Max(1, original / 4);

    /// <summary>The stretches of a run.</summary>
    /// <param name="losses">For each window, the loss of each token after its first.</param>
    /// <param name="atOriginal">The same of windows of L: where the frequencies depend on the length, they are those of a short text.</param>
    /// <param name="length">Tokens of a window, L and a multiple of the stretch.</param>
    public IReadOnlyList<PositionBucket> Measure(float[][] losses, float[][] atOriginal, int length)
    {
        var step = Stretch(original);
        var reference = Means(atOriginal, original - step, original);
        var buckets = new List<PositionBucket>();
        for (var end = original + step; end <= length; end += step)
        {
            var means = Means(losses, end - step, end);
            var (low, high) = Interval([.. means.Zip(reference, (a, b) => a - b)]);
            buckets.Add(new PositionBucket(length, end, means.Average(), means.Average() - reference.Average(), low, high));
        }

        return buckets;
    }

    /// <summary>Mean loss of the stretch before L, which all are compared with.</summary>
    public double Reference(float[][] atOriginal) => Means(atOriginal, original - Stretch(original), original).Average();

    private static int[][] Units(IReadOnlyList<int> documents)
    {
        var groups = documents.Select((d, i) => (Document: d, Index: i)).GroupBy(w => w.Document).Select(g => g.Select(w => w.Index).ToArray()).ToArray();
        return groups.Length >= EffectiveOptions.FewestWindows ? groups : [.. documents.Select((_, i) => new[] { i })];
    }

    /// <summary>Of each window, over the tokens number from + 1 .. to. The first token of all has no loss.</summary>
    private static double[] Means(float[][] losses, int from, int to) =>
        [.. losses.Select(l => l.AsSpan(Math.Max(0, from - 1)..(to - 1)).ToArray().Average(x => (double)x))];

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

        Array.Sort(means);
        var tail = Error / numStretches / 2;
        return (means[(int)(tail * Resamples)], means[Resamples - 1 - (int)(tail * Resamples)]);
    }
}
