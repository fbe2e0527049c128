using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <summary>Everything that an extension measured.</summary>
public sealed record ExtendResult
{
    /// <summary>What was asked.</summary>
    public required ExtendOptions Options { get; init; }

    /// <summary>Name, architecture and sizes of the model.</summary>
    public required (string Name, string Architecture, long Parameters, ModelShape Shape) Model { get; init; }

    /// <summary>The encoding as trained.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>L'.</summary>
    public required int TargetContext { get; init; }

    /// <summary>The search's numbers.</summary>
    public required SearchSettings Settings { get; init; }

    /// <summary>Every baseline at every length it applies to.</summary>
    public required IReadOnlyList<MethodResult> Baselines { get; init; }

    /// <summary>The winner at every length: the short list at L, the long list beyond.</summary>
    public required IReadOnlyList<MethodResult> Winner { get; init; }

    /// <summary>Paired differences at the target: method, baseline's loss minus the winner's in nats, and its interval.</summary>
    public required IReadOnlyList<(string Method, double Difference, double Low, double High)> Differences { get; init; }

    /// <summary>The rope plan.</summary>
    public required LongRopeScaling Scaling { get; init; }

    /// <summary>The best individual of the long search.</summary>
    public required Trial Best { get; init; }

    /// <summary>Every individual of the long search.</summary>
    public required IReadOnlyList<Trial> Searched { get; init; }

    /// <summary>Candidates of both searches.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Tokens through the model, in the whole job.</summary>
    public required long TokensEvaluated { get; init; }

    /// <summary>Seconds of the whole job.</summary>
    public required double Seconds { get; init; }

    /// <summary>Loss of perplexity at L under the exported factors: 0.01 is 1 % worse than the untouched model.</summary>
    public required double ShortLoss { get; init; }

    /// <summary>One sentence: what was gained, or that nothing was.</summary>
    public required string Verdict { get; init; }

    /// <summary>Why there is no export, or null.</summary>
    public string? Refusal { get; init; }

    /// <summary>Proof of effect; null without an export.</summary>
    public Receipt? Receipt { get; init; }

    /// <summary>Exported files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Passkey retrieval before and after, or null.</summary>
    public PasskeyTrials? Passkeys { get; init; }

    /// <summary>Remarks that a reader must know.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>How windows were cut and scored.</summary>
    public required string Protocol { get; init; }

    /// <summary>What the intervals resample.</summary>
    public required string BootstrapUnit { get; init; }

    /// <summary>Held-out windows.</summary>
    public required WindowSet Heldout { get; init; }

    /// <summary>The winner at the target length.</summary>
    public MethodResult WinnerAtTarget => Winner[^1];

    /// <summary>The baselines at the target length.</summary>
    public IEnumerable<MethodResult> BaselinesAtTarget => Baselines.Where(b => b.Length == TargetContext);
}
