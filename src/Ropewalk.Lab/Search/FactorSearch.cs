using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>A search bound to a model, its search windows and the attention factor that will be exported.</summary>
/// <param name="evaluator">Runs the model.</param>
/// <param name="geometry">The encoding as trained.</param>
/// <param name="windows">Search windows.</param>
/// <param name="attentionFactor">In force where the search does not change it.</param>
public sealed class FactorSearch(Evaluator evaluator, RopeGeometry geometry, WindowSet windows, double attentionFactor)
{
    /// <summary>Tokens of one pass over the search windows.</summary>
    public long NumTokens => windows.NumTokens;

    /// <summary>What of the windows counts in the search; every token where nothing is said.</summary>
    public IReadOnlyList<SearchWindow> Judged { get; init; } = SearchObjective.Whole(windows);

    /// <summary>Gives gradients; null where the algorithm needs none.</summary>
    public TrainableModel? Trainable { get; init; }

    /// <summary>A point as an entry of a rope plan for windows up to the search's.</summary>
    public LongRopeEntry Entry(SearchPoint point) => new(windows.Length, point.RescaleFactors, point.AttentionFactor, point.StartTokens);

    /// <summary>What an algorithm is given.</summary>
    public SearchProblem Problem(SearchSettings settings) => new() { Geometry = geometry, Length = windows.Length, Settings = settings, AttentionFactor = attentionFactor };

    /// <summary>The model as the search sees it; a journal can be put before it.</summary>
    public ISearchEvaluator Answers(CancellationToken cancellationToken) => new ModelSearchEvaluator(
        evaluator, geometry, windows.Length, Judged, cancellationToken, Trainable is null ? null : new ModelGradients(Trainable, Judged, cancellationToken));

    /// <summary>Mean losses of many frequencies over all windows, one task a window.</summary>
    public double[] MeanLosses(IReadOnlyList<RopeFrequencies> frequencies, CancellationToken cancellationToken)
    {
        var count = windows.Windows.Length;
        var losses = evaluator.Losses([.. frequencies.SelectMany(f => windows.Windows.Select(w => new ScoringTask(w.Tokens, f, 1)))], cancellationToken);
        return [.. frequencies.Select((_, i) => losses.AsSpan(i * count, count).ToArray().Average(l => l.Average(x => (double)x)))];
    }

    /// <summary>Runs a search; nothing is asked of the answers twice.</summary>
    /// <param name="algorithm">Decides.</param>
    /// <param name="problem">Bounds and size.</param>
    /// <param name="answers">The model (<see cref="Answers"/>), or a journal before it.</param>
    /// <param name="judged">Told of each batch.</param>
    public static SearchOutcome Run(ISearchAlgorithm algorithm, SearchProblem problem, ISearchEvaluator answers, Action<IReadOnlyList<Trial>>? judged = null) =>
        algorithm.Run(new RememberingEvaluator(answers), problem, judged);
}
