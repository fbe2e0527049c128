using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ropewalk.Engine.Formats;

/// <summary>The upper half of a float32: 8 exponent and 7 mantissa bits.</summary>
public static class Bfloat16
{
    /// <summary>Bits of the nearest bfloat16, ties to the even one. Values beyond the largest become infinity as IEEE rounding does;
    /// a NaN stays a NaN of its sign (made quiet, so that a payload in the lower half cannot turn it into infinity).</summary>
    public static ushort FromSingle(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value)
            ? (ushort)((bits >> 16) | 0x40)
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>The float32 with these upper bits; exact.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

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

    /// <summary>Widens each value exactly; the spans have the same length.</summary>
    public static void ToSingle(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        if (values.Length != bits.Length)
        {
            throw new ArgumentException("the spans differ in length", nameof(values));
        }

        var i = 0;

        // Lanes: one vector of 16-bit values becomes two of 32-bit ones, lower half first; the loop below takes the remainder.
        ref var source = ref MemoryMarshal.GetReference(bits);
        ref var target = ref Unsafe.As<float, uint>(ref MemoryMarshal.GetReference(values));
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(Vector.LoadUnsafe(ref source, (nuint)i), out var low, out var high);
            (low << 16).StoreUnsafe(ref target, (nuint)i);
            (high << 16).StoreUnsafe(ref target, (nuint)(i + Vector<uint>.Count));
        }

        for (; i < bits.Length; i++)
        {
            values[i] = ToSingle(bits[i]);
        }
    }

    /// <summary>8 values as float32, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Widen(Vector128<ushort> bits) =>
        ((Avx2.IsSupported ? Avx2.ConvertToVector256Int32(bits).AsUInt32() : Vector256.Create(Vector128.WidenLower(bits), Vector128.WidenUpper(bits))) << 16).AsSingle();

    /// <summary>16 values as float32, exactly.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Widen(Vector256<ushort> bits) => ((Avx512F.IsSupported ? Avx512F.ConvertToVector512UInt32(bits) : Vector512.WidenLower(bits.ToVector512Unsafe())) << 16).AsSingle();
}
