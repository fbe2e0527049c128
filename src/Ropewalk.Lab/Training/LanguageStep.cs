using Ropewalk.Engine.Training;

namespace Ropewalk.Lab.Training;

/// <summary>A step of next-token prediction: the sequences of a step, batch by batch.</summary>
/// <param name="model">The model.</param>
/// <param name="settings">The run.</param>
/// <param name="positions">The encoding.</param>
/// <param name="sequences">Disposed of with the step.</param>
internal sealed class LanguageStep(TrainableModel model, TrainingSettings settings, TrainedPositions positions, SequenceMaker sequences) : ITrainingStep
{
    /// <inheritdoc />
    public long TokensOfStep => settings.TokensOfStep;

    /// <inheritdoc />
    public double Backward(long number)
    {
        var frequencies = positions.Frequencies;
        var first = number * settings.SequencesOfStep;
        TrainingSequence[] made = [.. Enumerable.Range(0, settings.SequencesOfStep).Select(i => sequences.Make(first + i, frequencies))];
        var targets = made.Sum(s => (long)s.Targets.Count(t => t >= 0));
        var sum = 0d;
        foreach (var batch in made.Chunk(settings.Batch))
        {
            // Only whole steps count, so a stop waits for the end of one.
            sum += model.Backward(batch, 1f / targets, positions.Gradient, CancellationToken.None);
        }

        sequences.EndStep();
        positions.PassGradient(frequencies);
        return sum / targets;
    }

    /// <inheritdoc />
    public void Dispose() => sequences.Dispose();
}
