using System.Collections.Immutable;

namespace Ropewalk.Lab.Retrieval;

/// <summary>What a grid of trials is made of.</summary>
public sealed record RetrievalOptions
{
    /// <summary>Windows in tokens, prompt and answer together, ascending.</summary>
    public required ImmutableArray<int> Lengths { get; init; }

    /// <summary>Where the needle lies, 0 (before the haystack) .. 1 (after it), ascending.</summary>
    public required ImmutableArray<double> Depths { get; init; }

    /// <summary>Trials of each length and depth, at least 1.</summary>
    public required int Trials { get; init; }

    /// <summary>How they are judged.</summary>
    public RetrievalScoring Scoring { get; init; } = RetrievalScoring.Both;

    /// <summary>Answers to choose among, at least 2.</summary>
    public int Candidates { get; init; } = 10;

    /// <summary>Seed of every case.</summary>
    public ulong Seed { get; init; }
}
