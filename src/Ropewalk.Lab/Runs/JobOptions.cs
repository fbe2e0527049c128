using System.Collections.Immutable;

namespace Ropewalk.Lab.Runs;

/// <summary>What is asked of every job that reads a language model and texts and writes into a folder of its own. Lengths are tokens.</summary>
public abstract record JobOptions
{
    /// <summary>Hugging Face folder; where nothing is tuned a GGUF file as well.</summary>
    public required string Model { get; init; }

    /// <summary>Output folder, absent or empty.</summary>
    public required string Out { get; init; }

    /// <summary>Files to search or tune on; empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Files to measure on; empty for the last fifth of each text.</summary>
    public ImmutableArray<string> Heldout { get; init; } = [];

    /// <summary>Held-out windows of the longest length at most; 0 for all.</summary>
    public int HeldoutWindows { get; init; } = 16;

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>The command as the user typed it, for the records.</summary>
    public string CommandLine { get; init; } = "";
}
