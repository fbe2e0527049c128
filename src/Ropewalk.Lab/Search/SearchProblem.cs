using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>What is searched, and within which bounds: the same for every algorithm.</summary>
public sealed record SearchProblem
{
    /// <summary>The encoding as trained.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>Tokens of a window, L'.</summary>
    public required int Length { get; init; }

    /// <summary>Bounds, choices, seed and size; the shape of the population is evolution's alone.</summary>
    public required SearchSettings Settings { get; init; }

    /// <summary>The attention factor that the export will have, unless the search may change it.</summary>
    public required double AttentionFactor { get; init; }

    /// <summary>s = L'/L, and 1 for windows that are not longer than L.</summary>
    public double Scale => Math.Max(1, (double)Length / Geometry.OriginalContext);
}
