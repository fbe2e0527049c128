using System.Collections.Immutable;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Studies;

/// <summary>What a person asks of <c>study tuning</c>.</summary>
public sealed record TuningStudyOptions
{
    /// <summary>Hugging Face folder.</summary>
    public required string Model { get; init; }

    /// <summary>Output folder, absent or empty.</summary>
    public required string Out { get; init; }

    /// <summary>Files to tune on; empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Files to measure on; empty for the last fifth of each text.</summary>
    public ImmutableArray<string> Heldout { get; init; } = [];

    /// <summary>Windows in tokens, rising.</summary>
    public required ImmutableArray<int> Lengths { get; init; }

    /// <summary>Tokens to tune with, rising; 0 for the model as it is.</summary>
    public required ImmutableArray<long> Tokens { get; init; }

    /// <summary>As <see cref="TunedEncoding"/> takes it.</summary>
    public string Scaling { get; init; } = "yarn";

    /// <summary>Held-out windows of the longest length, at most; 0 for all.</summary>
    public int HeldoutWindows { get; init; } = 16;

    /// <summary>Tokens that one run of the sliding window scores.</summary>
    public int WindowStride { get; init; } = 8;

    /// <summary>Whether the original is tuned on as many tokens too, at its own window, and slides that.</summary>
    public bool Control { get; init; }

    /// <summary>Steps and rates.</summary>
    public TuningChoices Tuning { get; init; } = new();

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>The command as the user typed it, for the records.</summary>
    public string CommandLine { get; init; } = "";
}
