using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q5_0: a half-precision scale d, 32 fifth bits, then 16 bytes of two 4-bit numbers; with its fifth bit such a number is q,
/// and a value is d (q - 16). Byte i holds value i in its lower half and value 16 + i in its upper one; bit i is value i's.</summary>
internal static unsafe class BlockQ50
{
    private const int Length = 32;
    private const int Bytes = 22;
    private const int Bits = 2;
    private const int Quants = 6;

    /// <summary>Part of a row; first column and count are multiples of 32.</summary>
    public static void Decode(byte* row, int firstColumn, int count, float* values)
    {
        var block = row + (firstColumn / Length * Bytes);
        for (var i = 0; i < count; i += Length, block += Bytes)
        {
            Decode(block, values + i);
        }
    }

    /// <summary>The 32 values of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decode(byte* block, float* values)
    {
        if (!BlockLanes.IsSupported)
        {
            Reference(block, values);
            return;
        }

        var scale = BlockLanes.Half(block);
        var bits = Unsafe.ReadUnaligned<uint>(block + Bits);
        var bytes = Vector128.Load(block + Quants);
        var middle = Vector128.Create((sbyte)16);
        BlockLanes.Scale((BlockLanes.LowNibbles(bytes) | BlockLanes.FifthBits((ushort)bits)).AsSByte() - middle, scale, values);
        BlockLanes.Scale((BlockLanes.HighNibbles(bytes) | BlockLanes.FifthBits((ushort)(bits >> 16))).AsSByte() - middle, scale, values + 16);
    }

    /// <summary>The same one by one.</summary>
    public static void Reference(byte* block, float* values)
    {
        var scale = BlockLanes.Half(block);
        var bits = Unsafe.ReadUnaligned<uint>(block + Bits);
        for (var i = 0; i < 16; i++)
        {
            var both = block[Quants + i];
            var low = (both & 0x0F) | (int)(((bits >> i) & 1) << 4);
            var high = (both >> 4) | (int)(((bits >> (16 + i)) & 1) << 4);
            values[i] = (low - 16) * scale;
            values[16 + i] = (high - 16) * scale;
        }
    }
}
