using System.Collections.Immutable;

namespace Ropewalk.Lab.Effective;

/// <summary>What a person asks of <c>effective</c>. Lengths are tokens.</summary>
public sealed record EffectiveOptions
{
    /// <summary>Share of the short window's retrieval that must be left.</summary>
    public const double Retention = 0.85;

    /// <summary>Windows that a bootstrap needs to say anything.</summary>
    public const int FewestWindows = 8;

    /// <summary>The longest window that is looked at; null for four times the model's.</summary>
    public int? Longest { get; init; }

    /// <summary>Texts; empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Windows at most.</summary>
    public int Windows { get; init; } = 32;

    /// <summary>Loss of perplexity at the old window past which the method is refused: 0.02 is 2 %.</summary>
    public double MaximumShortLoss { get; init; } = 0.02;

    /// <summary>Rise of perplexity along a window that counts as none where it must be excluded: 0.02 is 2 %.</summary>
    public double MaximumRise { get; init; } = 0.02;

    /// <summary>Retrieval trials of each length and depth.</summary>
    public int Trials { get; init; } = 20;

    /// <summary>Where the answer lies, 0 .. 1.</summary>
    public ImmutableArray<double> Depths { get; init; } = [0, 0.25, 0.5, 0.75, 1];

    /// <summary>Answers to choose among.</summary>
    public int Candidates { get; init; } = 10;

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }
}
