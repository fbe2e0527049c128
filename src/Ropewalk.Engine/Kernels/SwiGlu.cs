using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Kernels;

/// <summary>gate = silu(gate) * up, with silu(x) = x / (1 + e^-x): the middle of the gated MLP (2002.05202).</summary>
internal static unsafe class SwiGlu
{
    /// <summary>Works in place on <paramref name="gateTF"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* gateTF, float* upTF, long count)
    {
        var step = Vector<float>.Count;
        long i = 0;
        for (; i <= count - step; i += step)
        {
            Lanes(Vector.Load(gateTF + i), Vector.Load(upTF + i)).Store(gateTF + i);
        }

        if (i == count)
        {
            return;
        }

        // The rest goes through the same lanes: where an element stands must not change its last bit, or a row would depend on its chunk.
        var rest = (int)(count - i);
        var gate = stackalloc float[step];
        var up = stackalloc float[step];
        new Span<float>(gate, step).Clear();
        new Span<float>(up, step).Clear();
        new ReadOnlySpan<float>(gateTF + i, rest).CopyTo(new Span<float>(gate, rest));
        new ReadOnlySpan<float>(upTF + i, rest).CopyTo(new Span<float>(up, rest));
        Lanes(Vector.Load(gate), Vector.Load(up)).Store(gate);
        new ReadOnlySpan<float>(gate, rest).CopyTo(new Span<float>(gateTF + i, rest));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Lanes(Vector<float> gate, Vector<float> up)
    {
        var power = VectorMath.Exp2(Vector.Min(gate * new Vector<float>(-VectorMath.Log2E), new Vector<float>(126f)));
        return gate / (Vector<float>.One + power) * up;
    }
}
