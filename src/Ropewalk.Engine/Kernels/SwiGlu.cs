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
        var minusLog2E = new Vector<float>(-VectorMath.Log2E);
        var cap = new Vector<float>(126f);
        long i = 0;
        for (; i <= count - step; i += step)
        {
            var gate = Vector.Load(gateTF + i);
            var power = VectorMath.Exp2(Vector.Min(gate * minusLog2E, cap));
            (gate / (Vector<float>.One + power) * Vector.Load(upTF + i)).Store(gateTF + i);
        }

        for (; i < count; i++)
        {
            gateTF[i] = gateTF[i] / (1f + MathF.Exp(-gateTF[i])) * upTF[i];
        }
    }
}
