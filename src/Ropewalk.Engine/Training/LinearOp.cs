using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Training;

/// <summary>y = residual + scale (x W^T) + b.</summary>
internal static unsafe class LinearOp
{
    /// <summary>Computes y; the walk back gives dx = scale dy W, dW = scale dy^T x, db = the sum of dy's rows.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="x">[T, K].</param>
    /// <param name="weight">W[N, K].</param>
    /// <param name="bias">b[N], or null.</param>
    /// <param name="residual">[T, N] that the product is added to, or null.</param>
    /// <param name="scale">1 where there is a bias or a residual.</param>
    public static Node Forward(Tape tape, Node x, Parameter weight, Parameter? bias, Node? residual = null, float scale = 1)
    {
        var y = tape.New(x.NumRows, weight.Rows, x.NeedsGradient || weight.IsTrained || bias is { IsTrained: true } || residual is { NeedsGradient: true });
        if (residual is not null)
        {
            Elements.Copy(residual.Values, y.Values, y.Length);
        }

        MatMul.ForwardParallel(x.Values, x.NumRows, x.Width, weight.Packed, y.Values, y.Width, residual is not null);
        if (scale != 1)
        {
            Elements.Scale(y.Values, scale, y.Length);
        }

        if (bias is not null)
        {
            var (values, width) = ((nint)y.Values, y.Width);
            Rows.ForChunks(y.NumRows, (first, count) =>
            {
                for (var row = first; row < first + count; row++)
                {
                    Elements.AddChunk(bias.Values, (float*)values + ((long)row * width), width);
                }
            });
        }

        tape.Record(y, new Operation("product", weight.Name), () => Backward(tape, x, weight, bias, residual, scale, y));
        return y;
    }

    private static void Backward(Tape tape, Node x, Parameter weight, Parameter? bias, Node? residual, float scale, Node y)
    {
        var dy = y.Gradient!.Pointer;
        if (scale != 1)
        {
            Elements.Scale(dy, scale, y.Length);
        }

        if (weight.IsTrained)
        {
            var packed = tape.Pool.Rent(WeightGradient.PackedLength(x.NumRows, x.Width));
            WeightGradient.PackInput(x.Values, x.NumRows, x.Width, packed.Pointer);
            WeightGradient.Accumulate(dy, y.NumRows, y.Width, packed.Pointer, x.Width, weight.Gradient);
            tape.Pool.Return(packed);
        }

        if (bias is { IsTrained: true })
        {
            Elements.AddColumns(dy, y.NumRows, y.Width, bias.Gradient);
        }

        if (x.NeedsGradient)
        {
            var dx = tape.GradientOf(x, out var accumulate);
            MatMul.ForwardParallel(dy, y.NumRows, y.Width, weight.PackedTransposed, dx, x.Width, accumulate);
        }

        if (residual is { NeedsGradient: true })
        {
            if (residual.Gradient is null)
            {
                // Nobody else reads y's gradient any more.
                (residual.Gradient, y.Gradient) = (y.Gradient, null);
            }
            else
            {
                Elements.Add(dy, residual.Gradient.Pointer, y.Length);
            }
        }
    }
}
