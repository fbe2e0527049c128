using System.Collections.Immutable;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Studies;

/// <summary>What a person asks of <c>study tuning</c>.</summary>
public sealed record TuningStudyOptions : TuningJobOptions
{
    /// <summary>Windows in tokens, rising.</summary>
    public required ImmutableArray<int> Lengths { get; init; }

    /// <summary>Tokens to tune with, rising; 0 for the model as it is.</summary>
    public required ImmutableArray<long> Tokens { get; init; }

    /// <summary>As <see cref="TunedEncoding"/> takes it.</summary>
    public string Scaling { get; init; } = "yarn";

    /// <summary>Tokens that one run of the sliding window scores.</summary>
    public int WindowStride { get; init; } = 8;

    /// <summary>Whether the original is tuned on as many tokens too, at its own window, and slides that.</summary>
    public bool Control { get; init; }
}
