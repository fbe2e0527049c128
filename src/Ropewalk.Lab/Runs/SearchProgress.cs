using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>Says on the live line how a search goes, with the best factors as a small curve over the pairs.</summary>
/// <param name="clock">Shows it.</param>
public sealed class SearchProgress(JobClock clock)
{
    private double _best = double.PositiveInfinity;
    private IReadOnlyList<double> _curve = [1];
    private int _count;

    /// <summary>A batch was judged.</summary>
    public void Add(IReadOnlyList<Trial> batch)
    {
        _count += batch.Count;
        foreach (var trial in batch.Where(t => !t.Dropped && t.Perplexity < _best))
        {
            (_best, _curve) = (trial.Perplexity, trial.Point.RescaleFactors);
        }

        clock.Stage = $"search, round {batch[0].Round}, best {_best:F4}, {_count:N0} candidates, {Sparkline.OfFactors(_curve)} up to {_curve.Max():0.##}";
    }
}
