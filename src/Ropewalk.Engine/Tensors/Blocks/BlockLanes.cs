using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ropewalk.Engine.Tensors;

/// <summary>Sixteen small integers to sixteen float32 numbers. One multiplication and, where there is an offset, one addition that is
/// rounded by itself: fused ones would give other bits than ggml's decoding does.</summary>
internal static unsafe class BlockLanes
{
    /// <summary>Whether the operations below run in registers; without them each type's scalar loop is faster.</summary>
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    /// <summary>A half-precision number stored at <paramref name="bytes"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Half(byte* bytes) => (float)BitConverter.UInt16BitsToHalf(Unsafe.ReadUnaligned<ushort>(bytes));

    /// <summary>values[i] = scale q[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<sbyte> q, float scale, float* values)
    {
        if (Avx512F.IsSupported)
        {
            (Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(q)) * Vector512.Create(scale)).Store(values);
        }
        else if (Avx2.IsSupported)
        {
            var factor = Vector256.Create(scale);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(q)) * factor).Store(values);
            (Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Upper(q))) * factor).Store(values + 8);
        }
        else
        {
            var factor = Vector128.Create(scale);
            var (low, high) = Vector128.Widen(q);
            (Vector128.ConvertToSingle(Vector128.WidenLower(low)) * factor).Store(values);
            (Vector128.ConvertToSingle(Vector128.WidenUpper(low)) * factor).Store(values + 4);
            (Vector128.ConvertToSingle(Vector128.WidenLower(high)) * factor).Store(values + 8);
            (Vector128.ConvertToSingle(Vector128.WidenUpper(high)) * factor).Store(values + 12);
        }
    }

    /// <summary>values[i] = scale q[i] + offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAndAdd(Vector128<sbyte> q, float scale, float offset, float* values)
    {
        if (Avx512F.IsSupported)
        {
            ((Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(q)) * Vector512.Create(scale)) + Vector512.Create(offset)).Store(values);
        }
        else if (Avx2.IsSupported)
        {
            var factor = Vector256.Create(scale);
            var addend = Vector256.Create(offset);
            ((Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(q)) * factor) + addend).Store(values);
            ((Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(Upper(q))) * factor) + addend).Store(values + 8);
        }
        else
        {
            var factor = Vector128.Create(scale);
            var addend = Vector128.Create(offset);
            var (low, high) = Vector128.Widen(q);
            ((Vector128.ConvertToSingle(Vector128.WidenLower(low)) * factor) + addend).Store(values);
            ((Vector128.ConvertToSingle(Vector128.WidenUpper(low)) * factor) + addend).Store(values + 4);
            ((Vector128.ConvertToSingle(Vector128.WidenLower(high)) * factor) + addend).Store(values + 8);
            ((Vector128.ConvertToSingle(Vector128.WidenUpper(high)) * factor) + addend).Store(values + 12);
        }
    }

    /// <summary>The lower four bits of each byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LowNibbles(Vector128<byte> bytes) => bytes & Vector128.Create((byte)0x0F);

    /// <summary>The upper four bits of each byte, as 0..15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> HighNibbles(Vector128<byte> bytes) => bytes >>> 4;

    /// <summary>Byte i is 16 where bit i of <paramref name="bits"/> is set, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FifthBits(ushort bits)
    {
        // Not from two Vector64: these have no registers on x64 and would go through memory byte by byte.
        const ulong EveryByte = 0x0101010101010101;
        var spread = Vector128.Create((byte)bits * EveryByte, (byte)(bits >> 8) * EveryByte).AsByte();
        var one = Vector128.Create((byte)1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128);
        return Vector128.Equals(spread & one, one) & Vector128.Create((byte)16);
    }

    private static Vector128<sbyte> Upper(Vector128<sbyte> q) => Sse2.ShiftRightLogical128BitLane(q, 8);
}
