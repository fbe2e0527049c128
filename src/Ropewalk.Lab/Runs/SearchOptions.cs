using System.Collections.Immutable;

namespace Ropewalk.Lab.Runs;

/// <summary>What a person asks of <c>search</c>. Lengths are tokens.</summary>
public sealed record SearchOptions
{
    /// <summary>Checkpoint folder or GGUF file.</summary>
    public required string Model { get; init; }

    /// <summary>Target context L'.</summary>
    public required int TargetContext { get; init; }

    /// <summary>Texts to search on; empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Texts to measure on; empty to hold out the end of each text.</summary>
    public ImmutableArray<string> Heldout { get; init; } = [];

    /// <summary>How to search.</summary>
    public SearchChoices Search { get; init; } = new();

    /// <summary>Population P.</summary>
    public int Population { get; init; } = 64;

    /// <summary>Iterations T.</summary>
    public int Iterations { get; init; } = 40;

    /// <summary>Search windows.</summary>
    public int Windows { get; init; } = 5;

    /// <summary>Held-out windows at most; 0 for all that fit.</summary>
    public int HeldoutWindows { get; init; } = 16;

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>"su", "yarn" or a number.</summary>
    public string AttentionFactor { get; init; } = "su";

    /// <summary>What the factors are for.</summary>
    public ExportTarget Target { get; init; }

    /// <summary>Whether a GGUF file's blocks stay in the mapped file.</summary>
    public bool Mapped { get; init; }
}
