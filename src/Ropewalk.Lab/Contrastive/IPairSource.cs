namespace Ropewalk.Lab.Contrastive;

/// <summary>The pairs of each step: a function of the step's number, so that the place in the data needs no saving and two models can be given the same.</summary>
public interface IPairSource
{
    /// <summary>What the pairs depend on, in a line.</summary>
    string Identity { get; }

    /// <summary>The pairs of a step, which are negatives of each other.</summary>
    /// <param name="number">0, 1, ...</param>
    IReadOnlyList<TrainingPair> Batch(long number);
}
