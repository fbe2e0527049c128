using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Evaluation;

/// <summary>95 % percentile intervals by resampling: whole documents where there are at least 8, else contiguous blocks of tokens, because
/// the losses of neighbouring tokens are not independent. Two methods are compared on the same resamples (paired).</summary>
public sealed class Bootstrap
{
    /// <summary>Resamples of an interval.</summary>
    public const int Resamples = 4000;

    private const int DocumentsEnough = 8;
    private readonly (int From, int To)[] _parts;
    private readonly (int Window, int Part)[][] _units;
    private readonly long[] _counts;
    private readonly ulong _seed;
    private int[][]? _draws;

    /// <summary>Chooses the units of a set.</summary>
    /// <param name="set">What is scored.</param>
    /// <param name="seed">Of the resamples.</param>
    public Bootstrap(WindowSet set, ulong seed)
    {
        _seed = seed;
        var byDocument = set.Windows.Select((w, i) => (w.Document, Index: i)).GroupBy(w => w.Document).ToList();
        if (byDocument.Count >= DocumentsEnough)
        {
            Unit = $"{byDocument.Count} documents";
            _parts = [(0, set.Length - 1)];
            _units = [.. byDocument.Select(g => g.Select(w => (w.Index, 0)).ToArray())];
        }
        else
        {
            // At least 32 tokens, so that a block holds some of the correlation; about 40 blocks or more in all where the text allows it.
            var block = (int)Math.Clamp(set.NumScored / 40, Math.Min(32, set.Length - 1), 256);
            _parts = [.. Blocks(set.Length - 1, block)];
            _units = [.. set.Windows.SelectMany((_, w) => _parts.Select((_, p) => new[] { (w, p) }))];
            Unit = $"{_units.Length} blocks of {block} tokens";
        }

        _counts = [.. _units.Select(u => u.Sum(p => (long)(_parts[p.Part].To - _parts[p.Part].From)))];
    }

    /// <summary>What is resampled, in words.</summary>
    public string Unit { get; }

    /// <summary>Mean loss and the perplexity's interval.</summary>
    public Perplexity Measure(float[][] losses) => Measure(Sums(losses));

    /// <summary>The same from the units' sums.</summary>
    public Perplexity Measure(double[] sums)
    {
        var (low, high) = Interval(sums);
        return new Perplexity(sums.Sum() / _counts.Sum(), Math.Exp(low), Math.Exp(high), _counts.Sum());
    }

    /// <summary>Standard deviation of the mean loss over the resamples, nats.</summary>
    public double StandardError(double[] sums)
    {
        var means = Means(sums);
        var mean = means.Average();
        return Math.Sqrt(means.Average(m => (m - mean) * (m - mean)));
    }

    /// <summary>Difference of the mean losses, first minus second, with its interval, in nats: negative where the first is better.</summary>
    public (double Difference, double Low, double High) Compare(float[][] first, float[][] second) => Compare(Sums(first), Sums(second));

    /// <summary>The same from the units' sums.</summary>
    public (double Difference, double Low, double High) Compare(double[] first, double[] second)
    {
        var differences = first.Zip(second, (x, y) => x - y).ToArray();
        var (low, high) = Interval(differences);
        return (differences.Sum() / _counts.Sum(), low, high);
    }

    /// <summary>The losses of each unit added up: all that <see cref="Measure(double[])"/> and <see cref="Compare(double[], double[])"/> need of them.</summary>
    public double[] Sums(float[][] losses) => Units([.. losses.Select(l => Parts(l))]);

    /// <summary>A window's losses added up by its parts: what is to be kept of a window until all are there.</summary>
    public double[] Parts(ReadOnlySpan<float> losses)
    {
        var sums = new double[_parts.Length];
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = Sum(losses[_parts[i].From.._parts[i].To]);
        }

        return sums;
    }

    /// <summary>How many parts a window has.</summary>
    public int NumParts => _parts.Length;

    /// <summary>The units' sums from the parts of all windows.</summary>
    public double[] Units(IReadOnlyList<double[]> parts) => [.. _units.Select(u => u.Sum(p => parts[p.Window][p.Part]))];

    private static IEnumerable<(int From, int To)> Blocks(int count, int block)
    {
        var blocks = Math.Max(1, count / block);
        for (var i = 0; i < blocks; i++)
        {
            yield return ((int)((long)count * i / blocks), (int)((long)count * (i + 1) / blocks));
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0d;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    private (double Low, double High) Interval(double[] sums)
    {
        var means = Means(sums);
        Array.Sort(means);
        return (means[(int)(0.025 * Resamples)], means[(int)(0.975 * Resamples)]);
    }

    private int[][] Draws()
    {
        var random = new CounterRandom(_seed);
        return [.. Enumerable.Range(0, Resamples).Select(_ => Enumerable.Range(0, _units.Length).Select(_ => random.NextInt(_units.Length)).ToArray())];
    }

    private double[] Means(double[] sums)
    {
        _draws ??= Draws();
        var means = new double[Resamples];
        for (var r = 0; r < Resamples; r++)
        {
            var sum = 0d;
            var count = 0L;
            foreach (var unit in _draws[r])
            {
                sum += sums[unit];
                count += _counts[unit];
            }

            means[r] = sum / count;
        }

        return means;
    }
}
