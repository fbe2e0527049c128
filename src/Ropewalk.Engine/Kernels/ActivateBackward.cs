using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>Gradient of <see cref="Activate"/>: of y = f(x) up, dx = dy up f'(x) and dup = dy f(x).</summary>
internal static unsafe class ActivateBackward
{
    /// <summary>Overwrites <paramref name="dx"/> and, where something is gated, <paramref name="dup"/>.</summary>
    /// <param name="activation">f.</param>
    /// <param name="x">Its input.</param>
    /// <param name="up">What is gated, or null.</param>
    /// <param name="dy">Gradient of the result.</param>
    /// <param name="dx">Gradient of the input; may be <paramref name="dy"/> where nothing is gated.</param>
    /// <param name="dup">Gradient of what is gated, or null.</param>
    /// <param name="count">Numbers.</param>
    public static void Run(Activation activation, float* x, float* up, float* dy, float* dx, float* dup, int count)
    {
        switch (activation)
        {
            case Activation.Silu:
                Run<SiluLanes>(x, up, dy, dx, dup, count);
                break;
            case Activation.Gelu:
                Run<GeluLanes>(x, up, dy, dx, dup, count);
                break;
            default:
                Run<GeluTanhLanes>(x, up, dy, dx, dup, count);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TLanes>(float* x, float* up, float* dy, float* dx, float* dup, int count)
        where TLanes : struct, ILanes
    {
        var step = Vector<float>.Count;
        var i = 0;
        for (; i <= count - step; i += step)
        {
            TLanes.Of(Vector.Load(x + i), out var value, out var slope);
            var d = Vector.Load(dy + i);
            if (up != null)
            {
                (d * value).Store(dup + i);
                d *= Vector.Load(up + i);
            }

            (d * slope).Store(dx + i);
        }

        var rest = count - i;
        if (rest == 0)
        {
            return;
        }

        var lanes = stackalloc float[3 * step];
        new Span<float>(lanes, step).Clear();
        new ReadOnlySpan<float>(x + i, rest).CopyTo(new Span<float>(lanes, rest));
        TLanes.Of(Vector.Load(lanes), out var values, out var slopes);
        values.Store(lanes + step);
        slopes.Store(lanes + (2 * step));
        for (var lane = 0; lane < rest; lane++)
        {
            var d = dy[i + lane];
            if (up != null)
            {
                dup[i + lane] = d * lanes[step + lane];
                d *= up[i + lane];
            }

            dx[i + lane] = d * lanes[(2 * step) + lane];
        }
    }

    /// <summary>1 / (1 + e^-z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Sigmoid(Vector<float> z) =>
        Vector<float>.One / (Vector<float>.One + VectorMath.Exp2(Vector.Min(z * new Vector<float>(-VectorMath.Log2E), new Vector<float>(126f))));

    private interface ILanes
    {
        static abstract void Of(Vector<float> x, out Vector<float> value, out Vector<float> slope);
    }

    private readonly struct SiluLanes : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of(Vector<float> x, out Vector<float> value, out Vector<float> slope)
        {
            var sigmoid = Sigmoid(x);
            value = x * sigmoid;
            slope = sigmoid * (Vector<float>.One + x - value);
        }
    }

    private readonly struct GeluTanhLanes : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of(Vector<float> x, out Vector<float> value, out Vector<float> slope)
        {
            // (1 + tanh z) / 2 is the sigmoid of 2 z; 2 dz/dx is the second factor.
            var linear = new Vector<float>(1.5957691216f);
            var cubic = x * x * new Vector<float>(0.0713548163f);
            var sigmoid = Sigmoid(x * (linear + cubic));
            value = x * sigmoid;
            slope = sigmoid + (value * (Vector<float>.One - sigmoid) * (linear + (cubic * 3f)));
        }
    }

    private readonly struct GeluLanes : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Of(Vector<float> x, out Vector<float> value, out Vector<float> slope)
        {
            // The forward's approximation of erfc, 7.1.26 of Abramowitz and Stegun; the density is the same exponential.
            var z = Vector.Abs(x) * new Vector<float>(0.70710678f);
            var t = Vector<float>.One / (Vector<float>.One + (z * new Vector<float>(0.3275911f)));
            var exponential = VectorMath.Exp2(Vector.Max(z * z * new Vector<float>(-VectorMath.Log2E), new Vector<float>(-126f)));
            var polynomial = new Vector<float>(1.061405429f);
            polynomial = (polynomial * t) + new Vector<float>(-1.453152027f);
            polynomial = (polynomial * t) + new Vector<float>(1.421413741f);
            polynomial = (polynomial * t) + new Vector<float>(-0.284496736f);
            polynomial = (polynomial * t) + new Vector<float>(0.254829592f);
            var half = polynomial * t * exponential * 0.5f;
            var distribution = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), half, Vector<float>.One - half);
            value = x * distribution;
            slope = distribution + (x * exponential * new Vector<float>(0.398942280f));
        }
    }
}
