using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>The LongRoPE search bound to a model, its search windows and the attention factor that will be exported.</summary>
/// <param name="evaluator">Runs the model.</param>
/// <param name="geometry">The encoding as trained.</param>
/// <param name="windows">Search windows.</param>
/// <param name="attentionFactor">In force throughout.</param>
public sealed class FactorSearch(Evaluator evaluator, RopeGeometry geometry, WindowSet windows, double attentionFactor)
{
    /// <summary>Memory for what no candidate changes: 256 MB, some 28,000 tokens of a model of width 768.</summary>
    public const long KeptBytes = 256 << 20;

    /// <summary>The frequencies of a candidate.</summary>
    public RopeFrequencies Frequencies(Candidate candidate) => new LongRopeScaling(geometry, [Entry(candidate)]).At(windows.Length);

    /// <summary>A candidate as an entry of a rope plan for windows up to the search's.</summary>
    public LongRopeEntry Entry(Candidate candidate) => new(windows.Length, candidate.RescaleFactors, attentionFactor, candidate.StartTokens);

    /// <summary>The seeds of the paper: linear interpolation, NTK and YaRN for this length, on the grid.</summary>
    public IReadOnlyList<Candidate> Seeds(SearchSettings settings)
    {
        var s = Math.Max(1, (double)windows.Length / geometry.OriginalContext);
        var d = geometry.RotaryDimension;
        return [.. new[] { LongRopeSeeds.Linear(s, d), LongRopeSeeds.Ntk(s, d), LongRopeSeeds.Yarn(geometry, s) }.Select(f => Candidate.Nearest(f, settings.LargestHundredths))];
    }

    /// <summary>Mean losses of many frequencies over all windows, one task a window.</summary>
    public double[] MeanLosses(IReadOnlyList<RopeFrequencies> frequencies, CancellationToken cancellationToken)
    {
        var count = windows.Windows.Length;
        var losses = evaluator.Losses([.. frequencies.SelectMany(f => windows.Windows.Select(w => new ScoringTask(w.Tokens, f, 1)))], cancellationToken);
        return [.. frequencies.Select((_, i) => losses.AsSpan(i * count, count).ToArray().Average(l => l.Average(x => (double)x)))];
    }

    /// <summary>Runs the search. What no candidate changes is computed once and kept, up to <see cref="KeptBytes"/>.</summary>
    /// <param name="settings">Its numbers.</param>
    /// <param name="evaluated">Told of each batch.</param>
    /// <param name="cancellationToken">Stops between chunks.</param>
    public (Individual Best, IReadOnlyList<Individual> All) Run(SearchSettings settings, Action<IReadOnlyList<Individual>>? evaluated, CancellationToken cancellationToken)
    {
        evaluator.Keep(windows.Windows.Select(w => w.Tokens), KeptBytes, cancellationToken);
        var search = new EvolutionSearch(settings, batch => MeanLosses([.. batch.Select(Frequencies)], cancellationToken), evaluated);
        var best = search.Run(Seeds(settings));
        return (best, search.Evaluated);
    }
}
