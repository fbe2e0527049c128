using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Lab.Studies;

/// <summary>What the study measured.</summary>
public sealed record TuningStudyResult
{
    /// <summary>The model's name.</summary>
    public required string Model { get; init; }

    /// <summary>L.</summary>
    public required int OriginalContext { get; init; }

    /// <summary>The encoding's spec as it was asked for.</summary>
    public required string Scaling { get; init; }

    /// <summary>A table for each window.</summary>
    public required IReadOnlyList<TuningStudyTable> Tables { get; init; }

    /// <summary>How windows were cut and scored, and how it was tuned.</summary>
    public required string Protocol { get; init; }

    /// <summary>What the intervals resample.</summary>
    public required string Bootstrap { get; init; }

    /// <summary>Tokens through the model, in training and measuring.</summary>
    public required long TokensEvaluated { get; init; }
}

/// <summary>One window.</summary>
/// <param name="Length">n.</param>
/// <param name="Window">The original model that slides its own window over the same tokens.</param>
/// <param name="Rows">By rising number of tokens.</param>
public sealed record TuningStudyTable(int Length, MethodResult Window, IReadOnlyList<TuningStudyRow> Rows)
{
    /// <summary>The fewest tokens after which the extended model is below the sliding one; null where there is none.</summary>
    public long? FirstBelow => Rows.FirstOrDefault(r => r.AgainstWindow.Difference < 0)?.Tokens;

    /// <summary>The fewest tokens after which the whole interval is below it, as it is for every larger number too; null where there is none.</summary>
    public long? FirstProven => Rows.Reverse().TakeWhile(r => r.AgainstWindow.High < 0).LastOrDefault()?.Tokens;
}

/// <summary>One number of tokens.</summary>
/// <param name="Tokens">As asked.</param>
/// <param name="Steps">Of the optimiser.</param>
/// <param name="Extended">The extended model at the table's window.</param>
/// <param name="AtOriginal">The same model under the same encoding at L.</param>
/// <param name="AgainstWindow">Its loss less that of the original that slides its window, nats, with the paired interval.</param>
/// <param name="Control">The original tuned on as many tokens at L, which slides its window; null where that was not asked for.</param>
/// <param name="AgainstControl">The extended model's loss less the control's; null without one.</param>
public sealed record TuningStudyRow(
    long Tokens,
    int Steps,
    MethodResult Extended,
    Perplexity AtOriginal,
    (double Difference, double Low, double High) AgainstWindow,
    MethodResult? Control,
    (double Difference, double Low, double High)? AgainstControl);
