using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Lab.Runs;

/// <summary>What a person asks of <c>extend</c>. Lengths are tokens.</summary>
public sealed record ExtendOptions : JobOptions
{
    /// <summary>Target context L'; null for eight times the window.</summary>
    public int? TargetContext { get; init; }

    /// <summary>Population P, or null for the paper's 64 (or what the budget allows).</summary>
    public int? Population { get; init; }

    /// <summary>Iterations T, or null for the paper's 40 (or what the budget allows).</summary>
    public int? Iterations { get; init; }

    /// <summary>Search windows.</summary>
    public int Windows { get; init; } = 5;

    /// <summary>How to search.</summary>
    public SearchChoices Search { get; init; } = new();

    /// <summary>"su", "yarn", a number, or "fit": the largest up to su that stays within <see cref="MaximumShortLoss"/>.</summary>
    public string AttentionFactor { get; init; } = "su";

    /// <summary>What the export is for.</summary>
    public ExportTarget Target { get; init; }

    /// <summary>Generation of the exported config's keys; null for the one that <see cref="RopeConfigWriter.StyleFor"/> chooses.</summary>
    public RopeConfigStyle? ConfigStyle { get; init; }

    /// <summary>Largest loss of perplexity at L that is exported: 0.02 is 2 %.</summary>
    public double MaximumShortLoss { get; init; } = 0.02;

    /// <summary>Tokens that one run of the window baseline scores; null for as few as half of the search's cost allows.</summary>
    public int? WindowStride { get; init; }

    /// <summary>Trials of passkey retrieval at each length and depth, before and after; 0 for none.</summary>
    public int PasskeyTrials { get; init; }

    /// <summary>Time for the whole job, or null.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>Whether to stop after the estimate.</summary>
    public bool DryRun { get; init; }
}
