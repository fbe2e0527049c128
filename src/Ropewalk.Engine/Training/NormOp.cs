using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Training;

/// <summary>A norm of rows, or of each head of rows: of every stretch as wide as the norm.</summary>
internal static unsafe class NormOp
{
    /// <summary>Normalises; the walk back is <see cref="NormBackward"/>.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="x">[T, N], N a multiple of the norm's width.</param>
    /// <param name="norm">The norm.</param>
    public static Node Forward(Tape tape, Node x, TrainedNorm norm)
    {
        var y = tape.New(x.NumRows, x.Width, x.NeedsGradient || norm.Weight.IsTrained || norm.Bias is { IsTrained: true });
        var width = norm.Weight.Columns;
        var scales = norm.Scales;
        var (from, to) = ((nint)x.Values, (nint)y.Values);
        Rows.ForChunks((int)(x.Length / width), (first, count) =>
        {
            var source = (float*)from + ((long)first * width);
            var target = (float*)to + ((long)first * width);
            if (norm.IsCentered)
            {
                LayerNorm.Forward(source, count, scales, norm.Bias is null ? new float[width] : new ReadOnlySpan<float>(norm.Bias.Values, width), norm.Epsilon, target);
            }
            else
            {
                RmsNorm.Forward(source, count, scales, norm.Epsilon, target);
            }
        });
        tape.Record(y, new Operation("norm"), () => Backward(tape, x, norm, scales, y));
        return y;
    }

    private static void Backward(Tape tape, Node x, TrainedNorm norm, float[] scales, Node y)
    {
        var width = scales.Length;
        var numRows = (int)(x.Length / width);
        var dy = y.Gradient!.Pointer;
        var accumulate = false;
        var dx = x.NeedsGradient ? tape.GradientOf(x, out accumulate) : null;

        // Each chunk of rows has sums of its own, which are added in order afterwards.
        var sums = norm.Weight.IsTrained ? tape.Pool.Rent((long)Rows.NumChunks(numRows) * width) : null;
        var (values, gradient, input) = ((nint)x.Values, (nint)dy, (nint)dx);
        Rows.ForChunks(numRows, (first, count) =>
        {
            var at = (long)first * width;
            float* dweight = null;
            if (sums is not null)
            {
                dweight = sums.Pointer + ((long)first / Rows.ChunkRows * width);
                new Span<float>(dweight, width).Clear();
            }

            NormBackward.Run(
                (float*)values + at, count, scales, norm.IsCentered, norm.Epsilon, (float*)gradient + at, input == 0 ? null : (float*)input + at, accumulate, dweight);
        });
        if (sums is not null)
        {
            Elements.AddColumns(sums.Pointer, Rows.NumChunks(numRows), width, norm.Weight.Gradient);
            tape.Pool.Return(sums);
        }

        if (norm.Bias is { IsTrained: true })
        {
            Elements.AddColumns(dy, numRows, width, norm.Bias.Gradient);
        }
    }
}
