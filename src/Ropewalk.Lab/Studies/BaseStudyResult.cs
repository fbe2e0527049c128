using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Studies;

/// <summary>What the study measured.</summary>
public sealed record BaseStudyResult
{
    /// <summary>How much the perplexity of a length's second half may be above that of the tuned window's for the length to count as reached.</summary>
    public const double Tolerance = 0.1;

    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>The encoding as trained.</summary>
    public required RopeGeometry Geometry { get; init; }

    /// <summary>Window that it was tuned at.</summary>
    public required int TuneLength { get; init; }

    /// <summary>Tokens of each tuning.</summary>
    public required long Tokens { get; init; }

    /// <summary>The critical base for that window.</summary>
    public required double CriticalBase { get; init; }

    /// <summary>The model as it is, for comparison.</summary>
    public required BaseStudyRow Untouched { get; init; }

    /// <summary>By rising base.</summary>
    public required IReadOnlyList<BaseStudyRow> Rows { get; init; }

    /// <summary>How windows were cut and scored, and how it was tuned.</summary>
    public required string Protocol { get; init; }

    /// <summary>What the intervals resample.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>Tokens through the model, in training and measuring.</summary>
    public required long TokensEvaluated { get; init; }
}

/// <summary>One base.</summary>
/// <param name="Prediction">What the laws say.</param>
/// <param name="ByLength">Perplexity by length.</param>
/// <param name="SecondHalves">For each length the perplexity of its second half: what a token there is predicted with.</param>
public sealed record BaseStudyRow(BasePrediction Prediction, IReadOnlyList<MethodResult> ByLength, IReadOnlyList<double> SecondHalves)
{
    /// <summary>The longest length to which every second half stays within the tolerance of the first one's, which is the tuned window's.</summary>
    public int Reached => ByLength[Math.Max(0, SecondHalves.TakeWhile(p => p <= (1 + BaseStudyResult.Tolerance) * SecondHalves[0]).Count() - 1)].Length;
}
