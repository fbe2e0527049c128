namespace Ropewalk.Lab.Evaluation;

/// <summary>Where a job's measured numbers come from: they are computed, or read from the records of the same job that was stopped.</summary>
public interface IMeasurements
{
    /// <summary>Losses of each scored token of each window.</summary>
    /// <param name="name">What is measured; unique within a job.</param>
    /// <param name="numWindows">Windows.</param>
    /// <param name="windowTokens">Tokens through the model for a window.</param>
    /// <param name="compute">Computes so many windows from a first one on.</param>
    float[][] Losses(string name, int numWindows, long windowTokens, Func<int, int, float[][]> compute);

    /// <summary>A number for each argument.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="arguments">At what.</param>
    /// <param name="tokens">Tokens through the model for one argument.</param>
    /// <param name="compute">Computes all.</param>
    double[] Values(string name, double[] arguments, long tokens, Func<double[], double[]> compute);
}
