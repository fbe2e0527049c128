using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

/// <summary>A known function in place of a model: a bowl around known factors and a known attention factor, its own level for each window, and
/// noise that depends on the point and the window alone.</summary>
/// <param name="numWindows">Windows.</param>
/// <param name="best">Factors at the minimum.</param>
/// <param name="attention">Attention factor at the minimum.</param>
/// <param name="noise">Standard deviation.</param>
internal sealed class SyntheticEvaluator(int numWindows, double[] best, double attention = 1.1, double noise = 0) : ISearchEvaluator
{
    /// <summary>Points and windows that were asked for, in order.</summary>
    public List<(SearchPoint Point, int Window)> Asked { get; } = [];

    /// <summary>Points and windows whose gradient was asked for, in order.</summary>
    public List<(SearchPoint Point, int Window)> Slopes { get; } = [];

    /// <summary>Answers that are NaN instead, by the number of the question.</summary>
    public Func<int, bool> IsBad { get; init; } = _ => false;

    /// <inheritdoc />
    public int NumWindows => numWindows;

    /// <summary>The function without noise and windows.</summary>
    public double Value(SearchPoint p) =>
        1 + p.RescaleFactors.Select((f, i) => Math.Pow(Math.Log(f / best[i]), 2)).Average() + (3 * Math.Pow(Math.Log(p.AttentionFactor / attention), 2)) + (p.StartTokens / 1000.0);

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests) =>
        [.. requests.Select(r => r.WantsGradient ? Slope(r) : Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w => Loss(r.Point, w)).ToArray())];

    private double[] Slope(EvaluationRequest r)
    {
        Slopes.AddRange(Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w => (r.Point, w)));
        return
        [
            .. Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w => Value(r.Point) + (0.3 * Math.Sin(w))),
            .. r.Point.RescaleFactors.Select((f, i) => IsBad(Slopes.Count) ? double.NaN : 2 * Math.Log(f / best[i]) / best.Length),
            6 * Math.Log(r.Point.AttentionFactor / attention),
        ];
    }

    private double Loss(SearchPoint point, int window)
    {
        Asked.Add((point, window));
        if (IsBad(Asked.Count - 1))
        {
            return double.NaN;
        }

        // The hash of a double is not the same in every run of a program for strings alone; for numbers it is.
        var seed = point.RescaleFactors.Append(point.AttentionFactor).Aggregate(17UL, (h, x) => (h * 1_000_003) ^ BitConverter.DoubleToUInt64Bits(x));
        var random = new CounterRandom(seed, (ulong)window);
        var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
        return Value(point) + (0.3 * Math.Sin(window)) + (noise * normal);
    }
}
