using System.Collections.Immutable;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Studies;

/// <summary>What a person asks of <c>study base</c>. Lengths are tokens.</summary>
public sealed record BaseStudyOptions : TuningJobOptions
{
    /// <summary>Bases to tune with, each above 1; empty for those of <see cref="BasePrediction.Defaults"/>.</summary>
    public ImmutableArray<double> Bases { get; init; } = [];

    /// <summary>Window that it is tuned at; null for the model's own.</summary>
    public int? TuneLength { get; init; }

    /// <summary>Longest window that is measured; null for sixteen times the one that it is tuned at.</summary>
    public int? Longest { get; init; }

    /// <summary>Tokens of each tuning.</summary>
    public long Tokens { get; init; } = 500_000;
}
