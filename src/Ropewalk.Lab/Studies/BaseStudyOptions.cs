using System.Collections.Immutable;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Studies;

/// <summary>What a person asks of <c>study base</c>. Lengths are tokens.</summary>
public sealed record BaseStudyOptions
{
    /// <summary>Hugging Face folder.</summary>
    public required string Model { get; init; }

    /// <summary>Output folder, absent or empty.</summary>
    public required string Out { get; init; }

    /// <summary>Files to tune on; empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Files to measure on; empty for the last fifth of each text.</summary>
    public ImmutableArray<string> Heldout { get; init; } = [];

    /// <summary>Bases to tune with, each above 1; empty for those of <see cref="BasePrediction.Defaults"/>.</summary>
    public ImmutableArray<double> Bases { get; init; } = [];

    /// <summary>Window that it is tuned at; null for the model's own.</summary>
    public int? TuneLength { get; init; }

    /// <summary>Longest window that is measured; null for sixteen times the one that it is tuned at.</summary>
    public int? Longest { get; init; }

    /// <summary>Tokens of each tuning.</summary>
    public long Tokens { get; init; } = 500_000;

    /// <summary>Held-out windows at most; 0 for all.</summary>
    public int HeldoutWindows { get; init; } = 16;

    /// <summary>Steps and rates.</summary>
    public TuningChoices Tuning { get; init; } = new();

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>The command as the user typed it, for the records.</summary>
    public string CommandLine { get; init; } = "";
}
