using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Models;

/// <summary>The loss of a token under a row of logits.</summary>
public static unsafe class TokenLoss
{
    /// <summary>-ln softmax(logits)[target], in nats.</summary>
    /// <param name="logitsV">V logits.</param>
    /// <param name="target">The token that came, 0 .. V-1.</param>
    public static double Of(ReadOnlySpan<float> logitsV, int target)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, logitsV.Length);
        fixed (float* logits = logitsV)
        {
            return CrossEntropy.Forward(logits, logitsV.Length, target);
        }
    }
}
