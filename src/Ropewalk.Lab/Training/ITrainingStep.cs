namespace Ropewalk.Lab.Training;

/// <summary>What a run does in a step but move the parameters. A step is a function of its number alone, so that a run goes on from any.</summary>
public interface ITrainingStep : IDisposable
{
    /// <summary>Tokens of a step, about.</summary>
    long TokensOfStep { get; }

    /// <summary>Adds the gradient of a step's mean loss to the trained parameters.</summary>
    /// <param name="number">0, 1, ...</param>
    /// <returns>The loss.</returns>
    double Backward(long number);
}
