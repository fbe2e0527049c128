using System.Collections.Immutable;

namespace Ropewalk.Lab.Comparison;

/// <summary>What a person asks of <c>compare</c>. Lengths are tokens.</summary>
public sealed record CompareOptions
{
    /// <summary>Checkpoint folder or GGUF file.</summary>
    public required string Model { get; init; }

    /// <summary>The longest window N, a multiple of L; null for eight times L.</summary>
    public int? TargetContext { get; init; }

    /// <summary>Texts; the end of each is held out where <see cref="Heldout"/> is empty. Empty for the embedded generator's stories.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>Texts to measure on.</summary>
    public ImmutableArray<string> Heldout { get; init; } = [];

    /// <summary>Names and specs of the methods; see <see cref="Evaluation.MethodList.Parse"/>.</summary>
    public ImmutableArray<string> Methods { get; init; } = [Evaluation.MethodList.Everything];

    /// <summary>A factors file for the method "longrope", or null.</summary>
    public string? Factors { get; init; }

    /// <summary>Folder of the records and the report, absent or empty.</summary>
    public required string Out { get; init; }

    /// <summary>Windows that the tuned methods are tuned on.</summary>
    public int Windows { get; init; } = 5;

    /// <summary>Held-out windows at most; 0 for all that fit.</summary>
    public int HeldoutWindows { get; init; } = 16;

    /// <summary>Seed of every random choice.</summary>
    public ulong Seed { get; init; }

    /// <summary>Tokens that one run of the sliding window scores; null for as few as eight methods' work allows.</summary>
    public int? WindowStride { get; init; }

    /// <summary>Time for what is still to be measured, or null.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Whether to stop after the estimate.</summary>
    public bool DryRun { get; init; }

    /// <summary>The command as the user typed it, for the records.</summary>
    public string CommandLine { get; init; } = "";
}
