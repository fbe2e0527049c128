using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.Training;

/// <summary>What is asked of every job that tunes a language model on its way.</summary>
public abstract record TuningJobOptions : JobOptions
{
    /// <summary>Steps and rates.</summary>
    public TuningChoices Tuning { get; init; } = new();
}
