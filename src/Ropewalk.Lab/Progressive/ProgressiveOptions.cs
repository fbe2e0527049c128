using System.Collections.Immutable;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Progressive;

/// <summary>What a person asks of <c>extend --progressive</c>. Lengths are tokens.</summary>
public sealed record ProgressiveOptions : TuningJobOptions
{
    /// <summary>Population of the paper's search.</summary>
    public const int PaperPopulation = 64;

    /// <summary>Iterations of the paper's search.</summary>
    public const int PaperIterations = 40;

    /// <summary>Windows that the model is tuned for, rising.</summary>
    public required ImmutableArray<int> Tuned { get; init; }

    /// <summary>The window that is searched at last, without tuning; null to end with the last tuned one.</summary>
    public int? Then { get; init; }

    /// <summary>Tokens of each tuning.</summary>
    public required ImmutableArray<long> Tokens { get; init; }

    /// <summary>Population of a search as the paper counts it.</summary>
    public int Population { get; init; } = PaperPopulation;

    /// <summary>Iterations of a search as the paper counts them.</summary>
    public int Iterations { get; init; } = PaperIterations;

    /// <summary>Search windows.</summary>
    public int Windows { get; init; } = 5;

    /// <summary>How to search.</summary>
    public SearchChoices Search { get; init; } = new();

    /// <summary>"su", "yarn" or a number: under which an algorithm searches that leaves the attention factor alone.</summary>
    public string AttentionFactor { get; init; } = "su";

    /// <summary>Whether the direct road, linear interpolation and YaRN are tuned with as many tokens and measured beside it.</summary>
    public bool Compare { get; init; }

    /// <summary>Whether each tuning is left to another program.</summary>
    public bool TuneOutside { get; init; }

    /// <summary>Largest loss of perplexity at L: 0.02 is 2 %.</summary>
    public double MaximumShortLoss { get; init; } = 0.02;

    /// <summary>Generation of the exported config's keys; null for the one that <see cref="RopeConfigWriter.StyleFor"/> chooses.</summary>
    public RopeConfigStyle? ConfigStyle { get; init; }

    /// <summary>Tokens that one run of the sliding window scores; null for a sixteenth of L.</summary>
    public int? WindowStride { get; init; }

    /// <summary>Whether to stop after the estimate.</summary>
    public bool DryRun { get; init; }

    /// <summary>The longest window.</summary>
    internal int Longest => Then ?? Tuned[^1];
}
