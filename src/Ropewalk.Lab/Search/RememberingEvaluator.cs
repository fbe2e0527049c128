namespace Ropewalk.Lab.Search;

/// <summary>Asks an evaluator for no point and window twice. It stands before the journal, so that no answer is recorded twice either. Gradients are
/// not remembered: a descent passes a point once.</summary>
/// <param name="inner">Answers what is new.</param>
public sealed class RememberingEvaluator(ISearchEvaluator inner) : ISearchEvaluator
{
    private readonly Dictionary<SearchPoint, double?[]> _known = [];

    /// <inheritdoc />
    public int NumWindows => inner.NumWindows;

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
    {
        if (requests.Any(r => r.WantsGradient))
        {
            return inner.Evaluate(requests);
        }

        var missing = new List<EvaluationRequest>();
        foreach (var request in requests)
        {
            if (!_known.TryGetValue(request.Point, out var losses))
            {
                _known.Add(request.Point, losses = new double?[NumWindows]);
            }

            for (var from = request.FirstWindow; from < request.FirstWindow + request.NumWindows;)
            {
                var to = from;
                while (to < request.FirstWindow + request.NumWindows && losses[to] is null)
                {
                    // Until the answer comes: a second request of this batch must not ask again.
                    losses[to++] = double.NaN;
                }

                if (to > from)
                {
                    missing.Add(new EvaluationRequest(request.Point, from, to - from));
                }

                from = to + 1;
            }
        }

        if (missing.Count > 0)
        {
            var answers = inner.Evaluate(missing);
            for (var i = 0; i < missing.Count; i++)
            {
                for (var w = 0; w < missing[i].NumWindows; w++)
                {
                    _known[missing[i].Point][missing[i].FirstWindow + w] = answers[i][w];
                }
            }
        }

        return [.. requests.Select(r => _known[r.Point].AsSpan(r.FirstWindow, r.NumWindows).ToArray().Select(l => l!.Value).ToArray())];
    }
}
