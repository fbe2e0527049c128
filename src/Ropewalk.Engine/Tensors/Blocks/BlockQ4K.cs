using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q4_K: half-precision d and dmin, eight scales and minima (<see cref="PackedScales"/>), then 128 bytes of two 4-bit numbers q.
/// A value is (d scale) q - (dmin minimum). Each 32 bytes hold two groups of 32 values: the first in the lower halves, the next in the upper ones.</summary>
internal static unsafe class BlockQ4K
{
    private const int Length = 256;
    private const int HalfLength = 128;
    private const int Bytes = 144;
    private const int Minimum = 2;
    private const int Scales = 4;
    private const int Quants = 16;

    /// <summary>Part of a row; first column and count are multiples of 128.</summary>
    public static void Decode(byte* row, int firstColumn, int count, float* values)
    {
        for (var column = firstColumn; column < firstColumn + count; column += HalfLength, values += HalfLength)
        {
            Decode(row + (column / Length * Bytes), column % Length / HalfLength, values);
        }
    }

    /// <summary>128 of a block's 256 values: half 0 or half 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decode(byte* block, int half, float* values)
    {
        if (!BlockLanes.IsSupported)
        {
            Reference(block, half, values);
            return;
        }

        var d = BlockLanes.Half(block);
        var minimum = BlockLanes.Half(block + Minimum);
        var q = block + Quants + (half * 64);
        for (var group = half * 4; group < (half * 4) + 4; group += 2, q += 32, values += 64)
        {
            var (scale, least) = PackedScales.Of(block + Scales, group);
            var (scaleNext, leastNext) = PackedScales.Of(block + Scales, group + 1);
            for (var i = 0; i < 32; i += 16)
            {
                var bytes = Vector128.Load(q + i);
                BlockLanes.ScaleAndAdd(BlockLanes.LowNibbles(bytes).AsSByte(), d * scale, -(minimum * least), values + i);
                BlockLanes.ScaleAndAdd(BlockLanes.HighNibbles(bytes).AsSByte(), d * scaleNext, -(minimum * leastNext), values + 32 + i);
            }
        }
    }

    /// <summary>The same one by one.</summary>
    public static void Reference(byte* block, int half, float* values)
    {
        var d = BlockLanes.Half(block);
        var minimum = BlockLanes.Half(block + Minimum);
        for (var i = 0; i < HalfLength; i++)
        {
            var group = (half * 4) + (i / 32);
            var both = block[Quants + (group / 2 * 32) + (i % 32)];
            var (scale, least) = PackedScales.Of(block + Scales, group);
            values[i] = (d * scale * (group % 2 == 0 ? both & 0x0F : both >> 4)) - (minimum * least);
        }
    }
}
