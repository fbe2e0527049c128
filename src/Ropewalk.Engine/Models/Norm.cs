using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models;

/// <summary>One norm of a model: RMSNorm, or LayerNorm where it has a bias.</summary>
/// <param name="Weight">Scale of each channel.</param>
/// <param name="Bias">Offset of each channel; null for RMSNorm.</param>
/// <param name="Epsilon">Added to the mean square or the variance.</param>
internal sealed unsafe record Norm(float[] Weight, float[]? Bias, float Epsilon)
{
    /// <summary>Numbers held.</summary>
    public long NumParameters => Weight.Length + (Bias?.Length ?? 0);

    /// <summary>Normalises rows that lie one after the other; the output may be the input.</summary>
    public void Forward(float* x, int numRows, float* y)
    {
        if (Bias is null)
        {
            RmsNorm.Forward(x, numRows, Weight, Epsilon, y);
        }
        else
        {
            LayerNorm.Forward(x, numRows, Weight, Bias, Epsilon, y);
        }
    }
}
