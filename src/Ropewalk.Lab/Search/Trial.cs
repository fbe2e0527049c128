using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>A point that a search judged.</summary>
/// <param name="Index">Order in which the points were judged, from 0.</param>
/// <param name="Round">Which batch of the algorithm it came with; 0 for the first.</param>
/// <param name="Point">What was tried.</param>
/// <param name="NumWindows">Windows that it ran on: fewer than all where it was dropped.</param>
/// <param name="Nll">Mean loss over those windows, nats; infinite where a loss was not finite.</param>
/// <param name="Dropped">Whether it lost before it had run on every window; its loss then compares with nothing.</param>
public sealed record Trial(int Index, int Round, SearchPoint Point, int NumWindows, double Nll, bool Dropped = false)
{
    /// <summary>Indexes of the trials that it was made from, the better one first; empty for one that no trial was the model of.</summary>
    public ImmutableArray<int> Parents { get; init; } = [];

    /// <summary>e to the mean loss.</summary>
    public double Perplexity => Math.Exp(Nll);
}
