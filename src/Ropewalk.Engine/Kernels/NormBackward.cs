using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>Gradients of <see cref="RmsNorm"/> and <see cref="LayerNorm"/>. With n the normalised row, r its factor and g = dy weight:
/// dx = r (g - n mean(g n)), and for LayerNorm less r mean(g); dweight = the sum of dy n over rows.</summary>
internal static unsafe class NormBackward
{
    /// <summary>Gradients of some rows.</summary>
    /// <param name="xTD">Input rows of the forward.</param>
    /// <param name="numRows">T.</param>
    /// <param name="weightD">Scale of each channel.</param>
    /// <param name="centered">LayerNorm rather than RMSNorm.</param>
    /// <param name="epsilon">Added to the mean square or the variance.</param>
    /// <param name="dyTD">Gradient of the output.</param>
    /// <param name="dxTD">Gradient of the input, or null where it is not wanted.</param>
    /// <param name="accumulate">Whether it is added to or overwritten.</param>
    /// <param name="dweightD">Added to, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* xTD, int numRows, ReadOnlySpan<float> weightD, bool centered, float epsilon, float* dyTD, float* dxTD, bool accumulate, float* dweightD)
    {
        var width = weightD.Length;
        var step = Vector<float>.Count;
        fixed (float* weight = weightD)
        {
            for (var row = 0; row < numRows; row++)
            {
                var x = xTD + ((long)row * width);
                var dy = dyTD + ((long)row * width);
                var mean = centered ? Sum(x, width) / width : 0;
                var means = new Vector<float>(mean);
                Vector<float> squares = default, products = default, gradients = default;
                var i = 0;
                for (; i <= width - step; i += step)
                {
                    var v = Vector.Load(x + i) - means;
                    var g = Vector.Load(dy + i) * Vector.Load(weight + i);
                    squares = Vector.FusedMultiplyAdd(v, v, squares);
                    products = Vector.FusedMultiplyAdd(v, g, products);
                    gradients += g;
                }

                var (square, product, gradient) = (Vector.Sum(squares), Vector.Sum(products), Vector.Sum(gradients));
                for (; i < width; i++)
                {
                    var v = x[i] - mean;
                    var g = dy[i] * weight[i];
                    square += v * v;
                    product += v * g;
                    gradient += g;
                }

                var scale = 1f / MathF.Sqrt((square / width) + epsilon);
                var slope = product / width * scale * scale * scale;
                var shift = centered ? gradient / width * scale : 0;
                if (dxTD != null)
                {
                    var dx = dxTD + ((long)row * width);
                    for (i = 0; i <= width - step; i += step)
                    {
                        var v = Vector.Load(x + i) - means;
                        var g = Vector.Load(dy + i) * Vector.Load(weight + i);
                        var d = (g * scale) - (v * slope) - new Vector<float>(shift);
                        (accumulate ? Vector.Load(dx + i) + d : d).Store(dx + i);
                    }

                    for (; i < width; i++)
                    {
                        var d = (dy[i] * weight[i] * scale) - ((x[i] - mean) * slope) - shift;
                        dx[i] = accumulate ? dx[i] + d : d;
                    }
                }

                if (dweightD != null)
                {
                    for (i = 0; i <= width - step; i += step)
                    {
                        (Vector.Load(dweightD + i) + (Vector.Load(dy + i) * ((Vector.Load(x + i) - means) * scale))).Store(dweightD + i);
                    }

                    for (; i < width; i++)
                    {
                        dweightD[i] += dy[i] * ((x[i] - mean) * scale);
                    }
                }
            }
        }
    }

    private static float Sum(float* x, int width)
    {
        Vector<float> sums = default;
        var i = 0;
        for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += Vector.Load(x + i);
        }

        var sum = Vector.Sum(sums);
        for (; i < width; i++)
        {
            sum += x[i];
        }

        return sum;
    }
}
