using Ropewalk.Positions;

namespace Ropewalk.Engine.Training;

/// <summary>The learning rate of each step: a linear warm-up to the peak, then a fall to a share of it, or none.</summary>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUpSteps">Steps until the peak is reached.</param>
/// <param name="Steps">All steps.</param>
/// <param name="Shape">How it falls.</param>
/// <param name="FinalShare">Share of the peak that is left at the end.</param>
public sealed record LearningRate(double Peak, int WarmUpSteps, int Steps, ScheduleShape Shape, double FinalShare)
{
    /// <summary>The rate of a step, 0 for the first.</summary>
    public double At(long step)
    {
        if (step < WarmUpSteps)
        {
            return Peak * (step + 1) / WarmUpSteps;
        }

        var done = Math.Min(1, (double)(step - WarmUpSteps) / Math.Max(1, Steps - WarmUpSteps));
        var left = Shape switch
        {
            ScheduleShape.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
            ScheduleShape.Linear => 1 - done,
            _ => 1,
        };
        return Peak * (FinalShare + ((1 - FinalShare) * left));
    }

    /// <summary>A shape by its name.</summary>
    /// <exception cref="UserInputException">There is none of that name.</exception>
    public static ScheduleShape ShapeOf(string name) => name switch
    {
        "cosine" => ScheduleShape.Cosine,
        "linear" => ScheduleShape.Linear,
        "constant" => ScheduleShape.Constant,
        _ => throw new UserInputException($"--schedule: found \"{name}\", expected cosine, linear or constant"),
    };
}
