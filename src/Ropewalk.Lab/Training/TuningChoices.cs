using Ropewalk.Engine.Training;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Training;

/// <summary>How a job tunes a model, whatever the window: its parts have windows of several lengths, and the same tokens in each step.</summary>
public sealed record TuningChoices
{
    /// <summary>Tokens of a step: as many whole sequences as fit, at least one.</summary>
    public int TokensOfStep { get; init; } = 8192;

    /// <summary>Highest learning rate.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>How it falls.</summary>
    public ScheduleShape Schedule { get; init; } = ScheduleShape.Cosine;

    /// <summary>Share of the sequences that have the original window and encoding (2502.20082).</summary>
    public double OriginalShare { get; init; }

    /// <summary>Rank of adapters; null to train all weights.</summary>
    public int? AdapterRank { get; init; }

    /// <summary>Share of the steps in which the rate rises.</summary>
    public double WarmUpShare { get; init; } = 0.05;

    /// <summary>Refuses what cannot be.</summary>
    /// <exception cref="UserInputException">A number is out of range.</exception>
    public TuningChoices Checked() => this switch
    {
        { TokensOfStep: < 2 } => throw new UserInputException($"--tokens-of-step: found {TokensOfStep}, expected at least 2"),
        { LearningRate: not (> 0 and < 100) } => throw new UserInputException($"--learning-rate: found {LearningRate}, expected a number above 0"),
        { OriginalShare: not (>= 0 and <= 1) } => throw new UserInputException($"--original-share: found {OriginalShare}, expected 0 to 1"),
        { AdapterRank: < 1 } => throw new UserInputException($"--lora: found {AdapterRank}, expected at least 1"),
        _ => this,
    };

    /// <summary>The settings of one tuning.</summary>
    /// <param name="length">Tokens of a sequence.</param>
    /// <param name="tokens">Tokens in all, rounded to whole steps.</param>
    /// <param name="seed">Of order and adapters.</param>
    public TrainingSettings At(int length, long tokens, ulong seed)
    {
        var batch = Math.Max(1, TokensOfStep / length);
        var steps = (int)Math.Clamp(Math.Round(tokens / ((double)batch * length)), 1, int.MaxValue);
        return new TrainingSettings
        {
            Steps = steps,
            Window = length,
            Batch = batch,
            LearningRate = LearningRate,
            WarmUpSteps = (int)Math.Ceiling(WarmUpShare * steps),
            Schedule = Schedule,
            Seed = seed,
            OriginalShare = OriginalShare,
        };
    }

    /// <summary>The adapters, or null.</summary>
    public AdapterSettings? Adapters => AdapterRank is { } rank ? new AdapterSettings(rank, 2 * rank, ["q_proj", "k_proj", "v_proj", "o_proj"]) : null;
}
