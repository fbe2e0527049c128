using System.Numerics;
using System.Runtime.CompilerServices;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Training;

/// <summary>Turns the heads of rows by the angles of their tokens: pair i is the entries (i, i + P); what is past 2 P is only scaled.</summary>
internal static unsafe class RotateOp
{
    /// <summary>Turns; the walk back turns the other way, and gives each pair's frequency position times (dy_b y_a - dy_a y_b).</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="x">[T, heads K].</param>
    /// <param name="headWidth">K.</param>
    /// <param name="angles">Of each row.</param>
    /// <param name="rotary">Gets the gradient of the encoding; null where that is not wanted.</param>
    public static Node Forward(Tape tape, Node x, int headWidth, RowAngles angles, RotaryGradient? rotary)
    {
        var y = tape.New(x.NumRows, x.Width, x.NeedsGradient || rotary is not null);
        var (from, to, width, pairs) = ((nint)x.Values, (nint)y.Values, x.Width, angles.NumPairs);
        Rows.ForChunks(x.NumRows, (first, count) =>
        {
            for (var row = first; row < first + count; row++)
            {
                angles.Of(row, out var cos, out var sin, out var scale);
                for (var head = (long)row * width; head < ((long)row + 1) * width; head += headWidth)
                {
                    Turn((float*)from + head, headWidth, cos, sin, pairs, scale, backward: false, accumulate: false, (float*)to + head);
                }
            }
        });
        tape.Record(y, new Operation("rotate"), () => Backward(tape, x, headWidth, angles, rotary, y));
        return y;
    }

    private static void Backward(Tape tape, Node x, int headWidth, RowAngles angles, RotaryGradient? rotary, Node y)
    {
        var (made, dy, width, pairs) = ((nint)y.Values, (nint)y.Gradient!.Pointer, x.Width, angles.NumPairs);
        var accumulate = false;
        var dx = x.NeedsGradient ? (nint)tape.GradientOf(x, out accumulate) : 0;
        var sums = new double[Rows.NumChunks(x.NumRows)][];
        Rows.ForChunks(x.NumRows, (first, count) =>
        {
            var sum = rotary is null ? [] : new double[pairs + 1];
            for (var row = first; row < first + count; row++)
            {
                angles.Of(row, out var cos, out var sin, out var scale);
                var trained = rotary is null ? null : angles.TrainedOf(row);
                for (var head = (long)row * width; head < ((long)row + 1) * width; head += headWidth)
                {
                    if (dx != 0)
                    {
                        Turn((float*)dy + head, headWidth, cos, sin, pairs, scale, backward: true, accumulate, (float*)dx + head);
                    }

                    if (trained is { } at)
                    {
                        AddSlopes((float*)made + head, (float*)dy + head, at.Position, at.Factor, sum);
                    }
                }
            }

            sums[first / Rows.ChunkRows] = sum;
        });
        if (rotary is not null)
        {
            foreach (var sum in sums)
            {
                for (var i = 0; i < pairs; i++)
                {
                    rotary.InverseFrequencies[i] += sum[i];
                }

                rotary.AttentionFactor += sum[pairs];
            }
        }
    }

    /// <summary>What one head's row says of each pair's frequency and, last, of the factor.</summary>
    private static void AddSlopes(float* y, float* dy, double position, double factor, double[] sum)
    {
        var pairs = sum.Length - 1;
        var products = 0d;
        for (var i = 0; i < pairs; i++)
        {
            double a = y[i], b = y[i + pairs], da = dy[i], db = dy[i + pairs];
            sum[i] += position * ((db * a) - (da * b));
            products += (da * a) + (db * b);
        }

        sum[pairs] += products / factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(float* x, int headWidth, float* cos, float* sin, int pairs, float scale, bool backward, bool accumulate, float* y)
    {
        var scales = new Vector<float>(scale);
        var direction = backward ? -scale : scale;
        var i = 0;
        for (; i <= pairs - Vector<float>.Count; i += Vector<float>.Count)
        {
            var (a, b) = (Vector.Load(x + i), Vector.Load(x + i + pairs));
            var c = Vector.Load(cos + i) * scales;
            var s = Vector.Load(sin + i) * direction;
            var (first, second) = ((a * c) - (b * s), (a * s) + (b * c));
            (accumulate ? first + Vector.Load(y + i) : first).Store(y + i);
            (accumulate ? second + Vector.Load(y + i + pairs) : second).Store(y + i + pairs);
        }

        for (; i < pairs; i++)
        {
            var (a, b) = (x[i], x[i + pairs]);
            var (c, s) = (cos[i] * scale, sin[i] * direction);
            y[i] = (a * c) - (b * s) + (accumulate ? y[i] : 0);
            y[i + pairs] = (a * s) + (b * c) + (accumulate ? y[i + pairs] : 0);
        }

        for (i = 2 * pairs; i < headWidth; i++)
        {
            y[i] = (x[i] * scale) + (accumulate ? y[i] : 0);
        }
    }
}
