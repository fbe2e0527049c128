using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>y = (x - mean(x)) / sqrt(var(x) + epsilon) * weight + bias, row by row (1607.06450).</summary>
internal static unsafe class LayerNorm
{
    /// <summary>Normalises rows.</summary>
    /// <param name="xTD">Input rows, contiguous.</param>
    /// <param name="numRows">T.</param>
    /// <param name="weightD">Scale of each channel; its length is D.</param>
    /// <param name="biasD">Offset of each channel.</param>
    /// <param name="epsilon">Added to the variance.</param>
    /// <param name="yTD">Output rows, contiguous; may be the input.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* xTD, int numRows, ReadOnlySpan<float> weightD, ReadOnlySpan<float> biasD, float epsilon, float* yTD)
    {
        var width = weightD.Length;
        for (var row = 0; row < numRows; row++)
        {
            var x = new ReadOnlySpan<float>(xTD + ((long)row * width), width);
            var y = new Span<float>(yTD + ((long)row * width), width);
            var mean = Sum(x) / width;
            var scale = 1f / MathF.Sqrt((SumOfSquares(x, mean) / width) + epsilon);
            var i = 0;
            for (; i <= width - Vector<float>.Count; i += Vector<float>.Count)
            {
                (((new Vector<float>(x[i..]) - new Vector<float>(mean)) * scale * new Vector<float>(weightD[i..])) + new Vector<float>(biasD[i..])).CopyTo(y[i..]);
            }

            for (; i < width; i++)
            {
                y[i] = ((x[i] - mean) * scale * weightD[i]) + biasD[i];
            }
        }
    }

    private static float Sum(ReadOnlySpan<float> x)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(x[i..]);
        }

        var sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += x[i];
        }

        return sum;
    }

    private static float SumOfSquares(ReadOnlySpan<float> x, float mean)
    {
        var sums = Vector<float>.Zero;
        var i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var v = new Vector<float>(x[i..]) - new Vector<float>(mean);
            sums = Vector.FusedMultiplyAdd(v, v, sums);
        }

        var sum = Vector.Sum(sums);
        for (; i < x.Length; i++)
        {
            sum += (x[i] - mean) * (x[i] - mean);
        }

        return sum;
    }
}
