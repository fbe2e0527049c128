namespace Ropewalk.Lab.Search;

/// <summary>All that an algorithm sees of a model. An algorithm draws from its seed and from these answers alone, so answers read from a
/// journal lead it along the same path as answers that were computed.</summary>
public interface ISearchEvaluator
{
    /// <summary>Number of windows, in a fixed order.</summary>
    int NumWindows { get; }

    /// <summary>Evaluates points on windows.</summary>
    /// <param name="requests">In an order that the algorithm fixes.</param>
    /// <returns>Per request, the mean loss of each of its windows in nats, not finite where the model's was not; then the gradient where it is wanted.</returns>
    IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests);
}
