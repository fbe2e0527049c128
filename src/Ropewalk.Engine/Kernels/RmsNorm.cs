using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>y = x / sqrt(mean(x^2) + epsilon) * weight, row by row (1910.07467).</summary>
internal static unsafe class RmsNorm
{
    /// <summary>Normalises rows.</summary>
    /// <param name="xTD">Input rows, contiguous.</param>
    /// <param name="numRows">T.</param>
    /// <param name="weightD">Scale of each channel; its length is D.</param>
    /// <param name="epsilon">Added to the mean square.</param>
    /// <param name="yTD">Output rows, contiguous; may be the input.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* xTD, int numRows, ReadOnlySpan<float> weightD, float epsilon, float* yTD)
    {
        var width = weightD.Length;
        var step = Vector<float>.Count;
        fixed (float* weight = weightD)
        {
            for (var row = 0; row < numRows; row++)
            {
                var x = xTD + ((long)row * width);
                var y = yTD + ((long)row * width);
                var squares = Vector<float>.Zero;
                var i = 0;
                for (; i <= width - step; i += step)
                {
                    var v = Vector.Load(x + i);
                    squares = Vector.FusedMultiplyAdd(v, v, squares);
                }

                var sum = Vector.Sum(squares);
                for (; i < width; i++)
                {
                    sum += x[i] * x[i];
                }

                var scale = 1f / MathF.Sqrt((sum / width) + epsilon);
                var scales = new Vector<float>(scale);
                for (i = 0; i <= width - step; i += step)
                {
                    (Vector.Load(x + i) * scales * Vector.Load(weight + i)).Store(y + i);
                }

                for (; i < width; i++)
                {
                    y[i] = x[i] * scale * weight[i];
                }
            }
        }
    }
}
