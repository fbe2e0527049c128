using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <summary>What a progressive extension made and measured.</summary>
public sealed record ProgressiveResult
{
    /// <summary>What was asked.</summary>
    public required ProgressiveOptions Options { get; init; }

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The encoding as trained.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>The stages, the last without tuning where there is one.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>The stages of the direct road; none without a comparison.</summary>
    public required IReadOnlyList<StageResult> Direct { get; init; }

    /// <summary>The exported encoding: the short list and the long one.</summary>
    public required LongRopeScaling Scaling { get; init; }

    /// <summary>Every method at every length, the result last.</summary>
    public required IReadOnlyList<MethodResult> Methods { get; init; }

    /// <summary>At each length: a method's loss less the result's, nats, and its paired interval.</summary>
    public required IReadOnlyList<(string Method, int Length, double Difference, double Low, double High)> Differences { get; init; }

    /// <summary>Loss of perplexity at L under the export: 0.01 is 1 % worse than the untouched model.</summary>
    public required double ShortLoss { get; init; }

    /// <summary>How windows were cut and scored, and how it was tuned.</summary>
    public required string Protocol { get; init; }

    /// <summary>What the intervals resample.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>Tokens through the model, in training, searching and measuring.</summary>
    public required long TokensEvaluated { get; init; }

    /// <summary>Exported files.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>What a reader of the config should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Proof of effect.</summary>
    public Receipt? Receipt { get; init; }
}
