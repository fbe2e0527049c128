namespace Ropewalk.Lab.Search;

/// <summary>A way to look for good points. It decides on one thread, from its seed and the evaluator's answers alone, and never looks at a
/// clock: so a search is continued by running it again on an evaluator that reads the answers so far from a journal.</summary>
public interface ISearchAlgorithm
{
    /// <summary>As --algorithm takes it.</summary>
    string Name { get; }

    /// <summary>Whether it looks for an attention factor too, where that is not fixed.</summary>
    bool SearchesAttention { get; }

    /// <summary>Whether it asks for gradients (<see cref="EvaluationRequest.WantsGradient"/>), which a model for inference alone cannot give.</summary>
    bool NeedsGradients => false;

    /// <summary>About what a search of a size costs, points times the windows that they run on: the last generation and race may go past it.</summary>
    /// <param name="settings">The size.</param>
    /// <param name="numWindows">Search windows.</param>
    long Cost(SearchSettings settings, int numWindows);

    /// <summary>Searches.</summary>
    /// <param name="evaluator">Answers with losses.</param>
    /// <param name="problem">What is searched, and within which bounds.</param>
    /// <param name="judged">Told of each batch of points, in order.</param>
    SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null);
}
