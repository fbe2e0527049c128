using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>A candidate that was evaluated.</summary>
/// <param name="Index">Order of evaluation, from 0.</param>
/// <param name="Iteration">0 for the initial population.</param>
/// <param name="Candidate">The factors.</param>
/// <param name="Nll">Mean loss over the search windows, nats; infinite where a loss was not finite.</param>
public sealed record Individual(int Index, int Iteration, Candidate Candidate, double Nll)
{
    /// <summary>Indexes of those that it was made from, the better one first; empty for a seed.</summary>
    public ImmutableArray<int> Parents { get; init; } = [];

    /// <summary>e to the mean loss.</summary>
    public double Perplexity => Math.Exp(Nll);
}
