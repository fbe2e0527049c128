using System.Numerics;
using System.Runtime.CompilerServices;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>The head and the loss in one: -ln softmax(x W^T)[target]. Nothing comes after it, so its gradient is computed at once, some rows at
/// a time, and the logits of all rows are never held.</summary>
internal static unsafe class CrossEntropyOp
{
    /// <summary>A row without a target.</summary>
    public const int NoTarget = -1;

    private const int LogitsOfChunk = 1 << 22;

    /// <summary>Sums the losses and, where <paramref name="scale"/> is not 0, sets the gradient of x and adds that of W.</summary>
    /// <param name="tape">Lends buffers.</param>
    /// <param name="x">[T, D].</param>
    /// <param name="head">W[V, D].</param>
    /// <param name="targets">T ids or <see cref="NoTarget"/>.</param>
    /// <param name="scale">Factor of the gradient.</param>
    /// <returns>Nats, summed in float64 in the order of rows.</returns>
    public static double Forward(Tape tape, Node x, Parameter head, int[] targets, float scale)
    {
        var (numRows, width, vocabulary) = (x.NumRows, x.Width, head.Rows);
        var chunk = Math.Min(numRows, Math.Clamp(LogitsOfChunk / vocabulary / MatMul.DepthBlock, 1, 8) * MatMul.DepthBlock);
        var logits = tape.Pool.Rent((long)chunk * vocabulary);
        var packed = scale != 0 && head.IsTrained ? tape.Pool.Rent(WeightGradient.PackedLength(chunk, width)) : null;
        var dx = scale != 0 && x.NeedsGradient ? tape.GradientOf(x, out _) : null;
        var losses = new double[numRows];
        for (var row = 0; row < numRows; row += chunk)
        {
            var first = row;
            var count = Math.Min(chunk, numRows - row);
            var rows = x.Values + ((long)row * width);
            MatMul.ForwardParallel(rows, count, width, head.Packed, logits.Pointer, vocabulary, accumulate: false);
            WorkerPool.For(count, i => losses[first + i] = Row(logits.Pointer + ((long)i * vocabulary), vocabulary, targets[first + i], scale));
            if (packed is not null)
            {
                WeightGradient.PackInput(rows, count, width, packed.Pointer);
                WeightGradient.Accumulate(logits.Pointer, count, vocabulary, packed.Pointer, width, head.Gradient);
            }

            if (dx != null)
            {
                MatMul.ForwardParallel(logits.Pointer, count, vocabulary, head.PackedTransposed, dx + ((long)row * width), width, accumulate: false);
            }
        }

        tape.Pool.Return(logits);
        if (packed is not null)
        {
            tape.Pool.Return(packed);
        }

        tape.Ended(new Operation("head and loss"));
        return losses.Sum();
    }

    /// <summary>The loss of a row of logits, which become their gradient: (softmax - one at the target) times the factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Row(float* logits, int count, int target, float scale)
    {
        if (target == NoTarget)
        {
            new Span<float>(logits, count).Clear();
            return 0;
        }

        var loss = CrossEntropy.Forward(logits, count, target);
        if (scale == 0)
        {
            return loss;
        }

        // softmax = 2^(log2(e) (logit - logsum)), and the logarithm of the sum is the loss and the target's logit.
        var logSum = (float)(loss + logits[target]);
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            (VectorMath.Exp2((Vector.Load(logits + i) - new Vector<float>(logSum)) * VectorMath.Log2E) * scale).Store(logits + i);
        }

        for (; i < count; i++)
        {
            logits[i] = MathF.Exp(logits[i] - logSum) * scale;
        }

        logits[target] -= scale;
        return loss;
    }
}
