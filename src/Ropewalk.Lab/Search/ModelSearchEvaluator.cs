using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>Answers a search by running the model. What no point changes is computed once and kept, up to <see cref="KeptBytes"/>.</summary>
public sealed class ModelSearchEvaluator : ISearchEvaluator
{
    /// <summary>Memory for what no point changes: 256 MB, some 28,000 tokens of a model of width 768.</summary>
    public const long KeptBytes = 256 << 20;

    private readonly Evaluator _evaluator;
    private readonly RopeGeometry _geometry;
    private readonly int _length;
    private readonly IReadOnlyList<SearchWindow> _windows;
    private readonly ModelGradients? _gradients;
    private readonly CancellationToken _stop;

    /// <summary>Binds a model to search windows.</summary>
    /// <param name="evaluator">Runs the model.</param>
    /// <param name="geometry">The encoding as trained.</param>
    /// <param name="length">Tokens for which the points' frequencies are meant, L'.</param>
    /// <param name="windows">In the order in which they are counted.</param>
    /// <param name="stop">Stops between chunks.</param>
    /// <param name="gradients">Answers what wants a gradient; null where no algorithm asks for one.</param>
    public ModelSearchEvaluator(
        Evaluator evaluator, RopeGeometry geometry, int length, IReadOnlyList<SearchWindow> windows, CancellationToken stop, ModelGradients? gradients = null)
    {
        (_evaluator, _geometry, _length, _windows, _stop, _gradients) = (evaluator, geometry, length, windows, stop, gradients);
        evaluator.Keep(windows.SelectMany(w => w.Parts.Select(p => p.Tokens)), KeptBytes, stop);
    }

    /// <inheritdoc />
    public int NumWindows => _windows.Count;

    /// <summary>The frequencies of a point for windows of a length.</summary>
    public static RopeFrequencies Frequencies(RopeGeometry geometry, SearchPoint point, int length) =>
        new LongRopeScaling(geometry, [new LongRopeEntry(length, point.RescaleFactors, point.AttentionFactor, point.StartTokens)]).At(length);

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
    {
        if (requests.Any(r => r.WantsGradient))
        {
            return [.. requests.Select(Gradient)];
        }

        // Every point and part of a window is one task, so both cores are busy to the end whatever was asked for.
        var tasks = new List<ScoringTask>();
        foreach (var request in requests)
        {
            var frequencies = Frequencies(_geometry, request.Point, _length);
            tasks.AddRange(Enumerable.Range(request.FirstWindow, request.NumWindows).SelectMany(w => _windows[w].Parts.Select(p => new ScoringTask(p.Tokens, frequencies, p.FirstScored))));
        }

        var losses = _evaluator.Losses(tasks, _stop);
        var next = 0;
        return
        [
            .. requests.Select(r => Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w =>
            {
                var parts = losses.AsSpan(next, _windows[w].Parts.Length);
                next += parts.Length;
                return _windows[w].Loss(parts);
            }).ToArray()),
        ];
    }

    private double[] Gradient(EvaluationRequest request)
    {
        if (_gradients is null || !request.WantsGradient)
        {
            throw new InvalidOperationException("gradients are asked for alone, and of a search that was given a model for them");
        }

        var answer = _gradients.Answer(request, Frequencies(_geometry, request.Point, _length));
        _evaluator.Count(request.Passes, _windows.Skip(request.FirstWindow).Take(request.NumWindows).Sum(w => w.NumTokens) / request.NumWindows);
        return answer;
    }
}
