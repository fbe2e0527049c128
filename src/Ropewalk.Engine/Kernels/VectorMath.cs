using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Kernels;

/// <summary>2^x for lanes of float32 with x at most 0 in use (larger x up to 127 are right as well): x is split into a whole and a
/// fraction in [-1/2, 1/2], 2^fraction is a polynomial of degree 6 (relative error about 2e-7), and the whole goes into the exponent. Below -126 the result is 0.</summary>
internal static class VectorMath
{
    /// <summary>log2(e).</summary>
    public const float Log2E = 1.44269504f;

    // Taylor coefficients ln(2)^n / n!; at |x| <= 1/2 the first one left out is below 1.3e-7 of the result.
    private const float C1 = 0.693147180f;
    private const float C2 = 0.240226507f;
    private const float C3 = 0.0555041087f;
    private const float C4 = 0.00961812911f;
    private const float C5 = 0.00133335581f;
    private const float C6 = 0.000154035304f;
    private const float Lowest = -126f;

    /// <summary>2^x for 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp2(Vector512<float> x)
    {
        var clamped = Vector512.Max(x, Vector512.Create(Lowest));
        var whole = Vector512.Round(clamped);
        var r = clamped - whole;
        var p = Vector512.FusedMultiplyAdd(Vector512.Create(C6), r, Vector512.Create(C5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C4));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C3));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C2));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(C1));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512<float>.One);
        var power = Vector512.ShiftLeft(Vector512.ConvertToInt32Native(whole) + Vector512.Create(127), 23).AsSingle();
        return Vector512.AndNot(p * power, Vector512.LessThan(x, Vector512.Create(Lowest)));
    }

    /// <summary>2^x for the lanes of a portable vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp2(Vector<float> x)
    {
        var lowest = new Vector<float>(Lowest);
        var clamped = Vector.Max(x, lowest);
        var whole = Vector.Round(clamped);
        var r = clamped - whole;
        var p = Vector.FusedMultiplyAdd(new Vector<float>(C6), r, new Vector<float>(C5));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(C4));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(C3));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(C2));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(C1));
        p = Vector.FusedMultiplyAdd(p, r, Vector<float>.One);
        var power = Vector.AsVectorSingle(Vector.ShiftLeft(Vector.ConvertToInt32Native(whole) + new Vector<int>(127), 23));
        return Vector.AndNot(p * power, Vector.AsVectorSingle(Vector.LessThan(x, lowest)));
    }
}
