using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Formats;

/// <summary>IEEE half precision: 5 exponent and 10 mantissa bits.</summary>
public static class Float16
{
    /// <summary>Bits of the nearest half, ties to the even one. Values beyond the largest become infinity as IEEE rounding does;
    /// a NaN becomes the quiet one without payload and keeps its sign.</summary>
    public static ushort FromSingle(float value) => float.IsNaN(value)
        ? (ushort)(((BitConverter.SingleToUInt32Bits(value) >> 16) & 0x8000) | 0x7E00)
        : BitConverter.HalfToUInt16Bits((Half)value);

    /// <summary>Rounds each value as <see cref="FromSingle(float)"/> does; the spans have the same length.</summary>
    public static void FromSingle(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        if (bits.Length != values.Length)
        {
            throw new ArgumentException("the spans differ in length", nameof(bits));
        }

        for (var i = 0; i < values.Length; i++)
        {
            bits[i] = FromSingle(values[i]);
        }
    }

    /// <summary>Widens each value exactly (subnormal numbers, infinities and NaN too); the spans have the same length.</summary>
    public static void ToSingle(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        if (values.Length != bits.Length)
        {
            throw new ArgumentException("the spans differ in length", nameof(values));
        }

        var i = 0;

        // Lanes: as in Bfloat16.ToSingle; the loop below takes the remainder and is the scalar equivalent.
        ref var source = ref MemoryMarshal.GetReference(bits);
        ref var target = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(values));
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out var low, out var high);
            Widen(low).StoreUnsafe(ref target, (nuint)i);
            Widen(high).StoreUnsafe(ref target, (nuint)(i + Vector<uint>.Count));
        }

        for (; i < bits.Length; i++)
        {
            values[i] = (float)BitConverter.UInt16BitsToHalf(bits[i]);
        }
    }

    /// <summary>Exponent and mantissa moved to float32's places are the value times 2^-112, for subnormal halves too, so one
    /// multiplication by 2^112 is exact; the all-ones exponent (infinity, NaN) is then set by hand.</summary>
    private static Vector<uint> Widen(Vector<uint> half)
    {
        var magnitude = half & new Vector<uint>(0x7FFF);
        var sign = (half & new Vector<uint>(0x8000)) << 16;
        var scaled = Vector.AsVectorUInt32(Vector.AsVectorSingle(magnitude << 13) * new Vector<float>(5.192296858534828e33f));
        var special = Vector.GreaterThanOrEqual(magnitude, new Vector<uint>(0x7C00)) & new Vector<uint>(0x7F800000);
        return scaled | special | sign;
    }
}
