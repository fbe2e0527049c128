using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Each row divided by its length.</summary>
internal static unsafe class NormalizeOp
{
    /// <summary>Divides; the walk back gives dx = (dy - y (y . dy)) / |x|, and nothing to a row of zeros.</summary>
    public static Node Forward(Tape tape, Node x)
    {
        var y = tape.New(x.NumRows, x.Width, x.NeedsGradient);
        var (from, to, width) = ((nint)x.Values, (nint)y.Values, x.Width);
        WorkerPool.For(x.NumRows, row =>
        {
            var target = new Span<float>((float*)to + ((long)row * width), width);
            new ReadOnlySpan<float>((float*)from + ((long)row * width), width).CopyTo(target);
            Pool.Normalize(target);
        });
        tape.Record(y, new Operation("normalize"), () => Backward(tape, x, y));
        return y;
    }

    private static void Backward(Tape tape, Node x, Node y)
    {
        var (values, made, dy, width) = ((nint)x.Values, (nint)y.Values, (nint)y.Gradient!.Pointer, x.Width);
        var dx = (nint)tape.GradientOf(x, out var accumulate);
        WorkerPool.For(x.NumRows, row =>
        {
            var at = (long)row * width;
            var source = (float*)values + at;
            var unit = (float*)made + at;
            var slope = (float*)dy + at;
            var target = (float*)dx + at;
            double squares = 0, along = 0;
            for (var k = 0; k < width; k++)
            {
                squares += (double)source[k] * source[k];
                along += (double)unit[k] * slope[k];
            }

            var scale = squares > 0 ? 1 / Math.Sqrt(squares) : 0;
            for (var k = 0; k < width; k++)
            {
                target[k] = (float)((slope[k] - (unit[k] * along)) * scale) + (accumulate ? target[k] : 0);
            }
        });
    }
}
