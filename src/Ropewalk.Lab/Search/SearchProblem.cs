using System.Collections.Immutable;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>What is searched, and within which bounds: the same for every algorithm.</summary>
public sealed record SearchProblem
{
    /// <summary>On recorded searches of two models (docs/search.md) it dropped no point that would have become the best, and 0.1 did.</summary>
    public const double DefaultRaceLevel = 0.05;

    /// <summary>As far as the tuned YaRN baseline looks at first.</summary>
    public const double MostAttention = 1.6;

    /// <summary>The encoding as trained.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>Tokens of a window, L'.</summary>
    public required int Length { get; init; }

    /// <summary>Bounds, choices, seed and size; the shape of the population is evolution's alone.</summary>
    public required SearchSettings Settings { get; init; }

    /// <summary>The attention factor that the export will have, unless the search may change it.</summary>
    public required double AttentionFactor { get; init; }

    /// <summary>Probability at which one test drops a point that is as good as the one it races against; 0 drops none.</summary>
    public double RaceLevel { get; init; } = DefaultRaceLevel;

    /// <summary>Whether the attention factor stays as it is.</summary>
    public bool FixedTemperature { get; init; }

    /// <summary>Whether no factor may be below the one before it. Evolution and the critical pair's search always keep that order.</summary>
    public bool Monotone { get; init; }

    /// <summary>Least attention factor of a search that changes it.</summary>
    public double SmallestAttention { get; init; } = 0.8;

    /// <summary>Largest attention factor of a search that changes it: what the old window bears, where that has to bear it.</summary>
    public double LargestAttention { get; init; } = MostAttention;

    /// <summary>Least rescale factor.</summary>
    public double SmallestFactor => 1;

    /// <summary>Largest rescale factor outside evolution: LongRoPE2's 2 s where nothing else is said.</summary>
    public double LargestFactor
    {
        get => field > 0 ? field : 2 * Scale;
        init;
    }

    /// <summary>Where the search starts from beside the published methods: the encodings that the model was tuned under, say.</summary>
    public ImmutableArray<SearchPoint> Starts { get; init; } = [];

    /// <summary>s = L'/L, and 1 for windows that are not longer than L.</summary>
    public double Scale => Math.Max(1, (double)Length / Geometry.OriginalContext);
}
