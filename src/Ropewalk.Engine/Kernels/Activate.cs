using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>y = f(y) * up, or y = f(y): the middle of a feed-forward network, gated (2002.05202) or not.</summary>
internal static unsafe class Activate
{
    /// <summary>Works in place on <paramref name="yTF"/>.</summary>
    /// <param name="activation">f.</param>
    /// <param name="yTF">Its input, then the result.</param>
    /// <param name="upTF">What is gated, or null.</param>
    /// <param name="count">Numbers.</param>
    public static void Forward(Activation activation, float* yTF, float* upTF, long count)
    {
        switch (activation)
        {
            case Activation.Silu:
                Run<SiluLanes>(yTF, upTF, count);
                break;
            case Activation.Gelu:
                Run<GeluLanes>(yTF, upTF, count);
                break;
            default:
                Run<GeluTanhLanes>(yTF, upTF, count);
                break;
        }
    }

    /// <summary>The definition of f, in float64: what the lanes are tested against.</summary>
    public static double Reference(Activation activation, double x) => activation switch
    {
        Activation.Silu => x / (1 + Math.Exp(-x)),
        Activation.Gelu => x * NormalDistribution(x),
        _ => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TLanes>(float* y, float* up, long count)
        where TLanes : struct, ILanes
    {
        var step = Vector<float>.Count;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var f = TLanes.Of(Vector.Load(y + i));
            (up is null ? f : f * Vector.Load(up + i)).Store(y + i);
        }

        if (i == count)
        {
            return;
        }

        // The rest goes through the same lanes: where an element stands must not change its last bit, or a row would depend on its chunk.
        var rest = (int)(count - i);
        var lanes = stackalloc float[step];
        new Span<float>(lanes, step).Clear();
        new ReadOnlySpan<float>(y + i, rest).CopyTo(new Span<float>(lanes, rest));
        TLanes.Of(Vector.Load(lanes)).Store(lanes);
        for (var lane = 0; lane < rest; lane++)
        {
            y[i + lane] = up is null ? lanes[lane] : lanes[lane] * up[i + lane];
        }
    }

    /// <summary>x / (1 + e^-z). The bound keeps 1 + e^-z finite: below it the result is a number that vanishes beside any other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> TimesSigmoid(Vector<float> x, Vector<float> z) =>
        x / (Vector<float>.One + VectorMath.Exp2(Vector.Min(z * new Vector<float>(-VectorMath.Log2E), new Vector<float>(126f))));

    /// <summary>Phi(x) in float64 by integrating the density from 0 (Taylor series of erf), or by its continued fraction in the tails.</summary>
    private static double NormalDistribution(double x)
    {
        var z = Math.Abs(x) / Math.Sqrt(2);
        double complement;
        if (z < 3)
        {
            var term = z;
            var sum = z;
            for (var n = 1; n < 100; n++)
            {
                term *= -z * z / n;
                sum += term / ((2 * n) + 1);
            }

            complement = 1 - (2 / Math.Sqrt(Math.PI) * sum);
        }
        else
        {
            var fraction = z;
            for (var n = 60; n >= 1; n--)
            {
                fraction = z + (n / 2.0 / fraction);
            }

            complement = Math.Exp(-z * z) / (fraction * Math.Sqrt(Math.PI));
        }

        return x < 0 ? complement / 2 : 1 - (complement / 2);
    }

    private interface ILanes
    {
        static abstract Vector<float> Of(Vector<float> x);
    }

    private readonly struct SiluLanes : ILanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x) => TimesSigmoid(x, x);
    }

    private readonly struct GeluTanhLanes : ILanes
    {
        // (1 + tanh z) / 2 is the sigmoid of 2 z.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x) =>
            TimesSigmoid(x, x * (new Vector<float>(1.5957691216f) + (x * x * new Vector<float>(0.0713548163f))));
    }

    private readonly struct GeluLanes : ILanes
    {
        // Abramowitz and Stegun 7.1.26: erfc(z) = t (a1 + t (a2 + ...)) e^-z^2 with t = 1 / (1 + p z), to 1.5e-7.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Of(Vector<float> x)
        {
            var z = Vector.Abs(x) * new Vector<float>(0.70710678f);
            var t = Vector<float>.One / (Vector<float>.One + (z * new Vector<float>(0.3275911f)));
            var polynomial = t * (new Vector<float>(0.254829592f) + (t * (new Vector<float>(-0.284496736f) + (t * (new Vector<float>(1.421413741f) + (t * (new Vector<float>(-1.453152027f) + (t * new Vector<float>(1.061405429f)))))))));
            var complement = polynomial * VectorMath.Exp2(Vector.Max(z * z * new Vector<float>(-VectorMath.Log2E), new Vector<float>(-126f)));
            var half = new Vector<float>(0.5f);
            var upper = Vector<float>.One - (complement * half);
            return x * Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), complement * half, upper);
        }
    }
}
