using Ropewalk.Engine.Training;

namespace Ropewalk.Lab.Training;

/// <summary>What decides every number of a training run, beside the model and the texts. A run goes on only under the settings that it began with.</summary>
public sealed record TrainingSettings
{
    /// <summary>Steps of the optimiser.</summary>
    public required int Steps { get; init; }

    /// <summary>Tokens of a sequence.</summary>
    public required int Window { get; init; }

    /// <summary>Sequences that go through the model at once.</summary>
    public int Batch { get; init; } = 8;

    /// <summary>Batches whose gradients make one step.</summary>
    public int Accumulation { get; init; } = 1;

    /// <summary>Highest learning rate.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Steps until it is reached.</summary>
    public int WarmUpSteps { get; init; }

    /// <summary>How it falls afterwards.</summary>
    public ScheduleShape Schedule { get; init; } = ScheduleShape.Cosine;

    /// <summary>Share of it that is left at the end.</summary>
    public double FinalShare { get; init; } = 0.1;

    /// <summary>The gradient is shortened to this length; 0 for never.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>Constants of the optimiser.</summary>
    public AdamWSettings Optimizer { get; init; } = new();

    /// <summary>Seed of weights, order and positions.</summary>
    public ulong Seed { get; init; }

    /// <summary>Length that skipped positions reach (PoSE); 0 for none.</summary>
    public int SkipsTo { get; init; }

    /// <summary>Share of the sequences that are of the original window and keep the original encoding.</summary>
    public double OriginalShare { get; init; }

    /// <summary>Share of the sequences that are <see cref="RecallTexts"/>.</summary>
    public double RecallShare { get; init; }

    /// <summary>Characters of generated stories among the texts' characters, as a share.</summary>
    public double StoryShare { get; init; }

    /// <summary>Whether documents in one sequence do not see each other.</summary>
    public bool DocumentsApart { get; init; }

    /// <summary>Sequences of a step.</summary>
    public int SequencesOfStep => Batch * Accumulation;

    /// <summary>Tokens of a step, at most.</summary>
    public long TokensOfStep => (long)SequencesOfStep * Window;

    /// <summary>The rate of every step.</summary>
    public LearningRate Rates => new(LearningRate, WarmUpSteps, Steps, Schedule, FinalShare);
}
