using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ropewalk.Engine.Formats;

/// <summary>IEEE half precision: 5 exponent and 10 mantissa bits.</summary>
public static class Float16
{
    /// <summary>Places from a half's mantissa to a float32's. The sign, extended to 32 bits first, arrives at the highest bit.</summary>
    private const int Shift = 13;

    /// <summary>Sign, five bits of exponent and the mantissa after the shift.</summary>
    private const int Kept = unchecked((int)0x8FFF_E000);

    /// <summary>A half's exponent after the shift.</summary>
    private const int MovedExponent = 0x0F80_0000;

    /// <summary>A float32's exponent.</summary>
    private const int Exponent = 0x7F80_0000;

    /// <summary>2^112.</summary>
    private const float Scale = 5.192296858534828e33f;

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

    /// <summary>The same number as float32; exact. Exponent and mantissa moved to float32's places are the value times 2^-112, for subnormal
    /// halves too, so one multiplication by 2^112 is exact; an exponent of all ones (infinity, NaN) is then set by hand.</summary>
    public static float ToSingle(ushort bits)
    {
        var moved = ((short)bits << Shift) & Kept;
        var scaled = BitConverter.Int32BitsToSingle(moved) * Scale;
        return (moved & MovedExponent) == MovedExponent ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(scaled) | Exponent) : scaled;
    }

    /// <summary>Widens each value exactly (subnormal numbers, infinities and NaN too); the spans have the same length.</summary>
    public static void ToSingle(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        if (values.Length != bits.Length)
        {
            throw new ArgumentException("the spans differ in length", nameof(values));
        }

        var i = 0;

        // Lanes: one vector of 16-bit values becomes two of 32-bit ones, lower half first; the last loop takes the remainder.
        ref var source = ref Unsafe.As<ushort, short>(ref MemoryMarshal.GetReference(bits));
        ref var target = ref MemoryMarshal.GetReference(values);
        if (Vector512.IsHardwareAccelerated)
        {
            for (; i <= bits.Length - Vector512<short>.Count; i += Vector512<short>.Count)
            {
                var (low, high) = Vector512.Widen(Vector512.LoadUnsafe(ref source, (nuint)i));
                Widen(low).StoreUnsafe(ref target, (nuint)i);
                Widen(high).StoreUnsafe(ref target, (nuint)(i + Vector512<int>.Count));
            }
        }

        for (; i <= bits.Length - Vector<short>.Count; i += Vector<short>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out var low, out var high);
            Widen(low).StoreUnsafe(ref target, (nuint)i);
            Widen(high).StoreUnsafe(ref target, (nuint)(i + Vector<int>.Count));
        }

        for (; i < bits.Length; i++)
        {
            values[i] = ToSingle(bits[i]);
        }
    }

    private static Vector<float> Widen(Vector<int> half)
    {
        var moved = (half << Shift) & new Vector<int>(Kept);
        var special = Vector.Equals(moved & new Vector<int>(MovedExponent), new Vector<int>(MovedExponent)) & new Vector<int>(Exponent);
        return Vector.AsVectorSingle(Vector.AsVectorInt32(Vector.AsVectorSingle(moved) * new Vector<float>(Scale)) | special);
    }

    /// <summary>16 finite halves as float32, exactly. An infinity or a NaN comes out as a finite number: weights and cached keys are neither.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> WidenFinite(Vector256<ushort> bits)
    {
        var half = Avx512F.IsSupported ? Avx512F.ConvertToVector512Int32(bits.AsInt16()) : Vector512.WidenLower(bits.AsInt16().ToVector512Unsafe());
        return ((half << Shift) & Vector512.Create(Kept)).AsSingle() * Vector512.Create(Scale);
    }

    /// <summary>8 finite halves as float32, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> WidenFinite(Vector128<ushort> bits)
    {
        var half = Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bits.AsInt16()) : Vector256.Create(Vector128.WidenLower(bits.AsInt16()), Vector128.WidenUpper(bits.AsInt16()));
        return ((half << Shift) & Vector256.Create(Kept)).AsSingle() * Vector256.Create(Scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Widen(Vector512<int> half)
    {
        var moved = (half << Shift) & Vector512.Create(Kept);
        var special = Vector512.Equals(moved & Vector512.Create(MovedExponent), Vector512.Create(MovedExponent)) & Vector512.Create(Exponent);
        return ((moved.AsSingle() * Vector512.Create(Scale)).AsInt32() | special).AsSingle();
    }
}
