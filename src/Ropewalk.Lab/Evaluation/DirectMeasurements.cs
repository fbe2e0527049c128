namespace Ropewalk.Lab.Evaluation;

/// <summary>Computes everything and records nothing.</summary>
public sealed class DirectMeasurements : IMeasurements
{
    /// <inheritdoc />
    public float[][] Losses(string name, int numWindows, long windowTokens, Func<int, int, float[][]> compute) => compute(0, numWindows);

    /// <inheritdoc />
    public double[] Values(string name, double[] arguments, long tokens, Func<double[], double[]> compute) => compute(arguments);
}
