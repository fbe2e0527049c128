using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q4_1: a half-precision scale d and minimum m, then 16 bytes of two 4-bit numbers q; a value is d q + m.
/// Byte i holds value i in its lower half and value 16 + i in its upper one.</summary>
internal static unsafe class BlockQ41
{
    private const int Length = 32;
    private const int Bytes = 20;
    private const int Minimum = 2;
    private const int Quants = 4;

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
        var minimum = BlockLanes.Half(block + Minimum);
        var bytes = Vector128.Load(block + Quants);
        BlockLanes.ScaleAndAdd(BlockLanes.LowNibbles(bytes).AsSByte(), scale, minimum, values);
        BlockLanes.ScaleAndAdd(BlockLanes.HighNibbles(bytes).AsSByte(), scale, minimum, values + 16);
    }

    /// <summary>The same one by one.</summary>
    public static void Reference(byte* block, float* values)
    {
        var scale = BlockLanes.Half(block);
        var minimum = BlockLanes.Half(block + Minimum);
        for (var i = 0; i < 16; i++)
        {
            var both = block[Quants + i];
            values[i] = ((both & 0x0F) * scale) + minimum;
            values[16 + i] = ((both >> 4) * scale) + minimum;
        }
    }
}
