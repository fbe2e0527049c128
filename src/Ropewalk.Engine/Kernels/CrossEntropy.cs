using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>-ln softmax(logits)[target]: the loss of one token, in nats.</summary>
internal static unsafe class CrossEntropy
{
    /// <summary>The loss of one row of logits.</summary>
    /// <param name="logitsV">V numbers.</param>
    /// <param name="vocabularySize">V.</param>
    /// <param name="target">The token that came, 0 .. V-1.</param>
    /// <returns>Nats; NaN when a logit is NaN.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Forward(float* logitsV, int vocabularySize, int target)
    {
        var step = Vector<float>.Count;
        var largest = logitsV[0];
        var i = 0;
        if (vocabularySize >= step)
        {
            var most = Vector.Load(logitsV);
            for (; i <= vocabularySize - step; i += step)
            {
                most = Vector.Max(most, Vector.Load(logitsV + i));
            }

            for (var lane = 0; lane < step; lane++)
            {
                largest = MathF.Max(largest, most[lane]);
            }
        }

        for (; i < vocabularySize; i++)
        {
            largest = MathF.Max(largest, logitsV[i]);
        }

        var sums = Vector<float>.Zero;
        var shift = new Vector<float>(largest);
        var log2E = new Vector<float>(VectorMath.Log2E);
        for (i = 0; i <= vocabularySize - step; i += step)
        {
            sums += VectorMath.Exp2((Vector.Load(logitsV + i) - shift) * log2E);
        }

        var sum = (double)Vector.Sum(sums);
        for (; i < vocabularySize; i++)
        {
            sum += Math.Exp(logitsV[i] - largest);
        }

        return Math.Log(sum) + largest - logitsV[target];
    }
}
