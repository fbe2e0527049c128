namespace Ropewalk.Engine.Training;

/// <summary>Gradient of the loss in the encoding of the layers with full attention: each pair's inverse frequency, and the factor that
/// multiplies queries and keys. Angles of start tokens (2402.13753) are fixed and count for the factor alone.</summary>
/// <param name="numPairs">P.</param>
public sealed class RotaryGradient(int numPairs)
{
    /// <summary>dL/df'_i, P entries.</summary>
    public double[] InverseFrequencies { get; } = new double[numPairs];

    /// <summary>dL/da.</summary>
    public double AttentionFactor { get; internal set; }

    /// <summary>dL/d ln(lambda_i) for f'_i = f_i / lambda_i: -f'_i dL/df'_i.</summary>
    /// <param name="inverseFrequencies">f' in force, P entries.</param>
    public double[] LogRescaleFactors(ReadOnlySpan<double> inverseFrequencies)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(inverseFrequencies.Length, InverseFrequencies.Length, nameof(inverseFrequencies));
        var gradient = new double[inverseFrequencies.Length];
        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] = -inverseFrequencies[i] * InverseFrequencies[i];
        }

        return gradient;
    }

    /// <summary>Sets everything to zero.</summary>
    public void Clear()
    {
        Array.Clear(InverseFrequencies);
        AttentionFactor = 0;
    }
}
