using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q6_K: 128 bytes of two lower halves, 64 bytes of four upper pairs of bits, sixteen signed scales, and a half-precision d at the end.
/// Both parts of a number make q, and a value is (d scale) (q - 32) with a scale for each 16 values. Half a block (128 values, four runs of 32)
/// has 64 bytes of lower halves (runs 0 and 1 in the lower nibbles, runs 2 and 3 in the upper ones), 32 bytes of upper bits (run r in bits 2r and
/// 2r + 1) and eight scales.</summary>
internal static unsafe class BlockQ6K
{
    private const int Length = 256;
    private const int HalfLength = 128;
    private const int Bytes = 210;
    private const int Upper = 128;
    private const int Scales = 192;
    private const int Scale = 208;

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

        var d = BlockLanes.Half(block + Scale);
        var low = block + (half * 64);
        var scales = (sbyte*)block + Scales + (half * 8);
        for (var i = 0; i < 2; i++)
        {
            var upper = Vector128.Load(block + Upper + (half * 32) + (i * 16));
            var even = Vector128.Load(low + (i * 16));
            var odd = Vector128.Load(low + 32 + (i * 16));
            var run = values + (i * 16);
            BlockLanes.Scale(Join(BlockLanes.LowNibbles(even), upper << 4), d * scales[i], run);
            BlockLanes.Scale(Join(BlockLanes.LowNibbles(odd), upper << 2), d * scales[2 + i], run + 32);
            BlockLanes.Scale(Join(BlockLanes.HighNibbles(even), upper), d * scales[4 + i], run + 64);
            BlockLanes.Scale(Join(BlockLanes.HighNibbles(odd), upper >>> 2), d * scales[6 + i], run + 96);
        }
    }

    /// <summary>The same one by one.</summary>
    public static void Reference(byte* block, int half, float* values)
    {
        var d = BlockLanes.Half(block + Scale);
        for (var i = 0; i < HalfLength; i++)
        {
            var run = i / 32;
            var both = block[(half * 64) + (run % 2 * 32) + (i % 32)];
            var upper = (block[Upper + (half * 32) + (i % 32)] >> (2 * run)) & 3;
            var scale = (sbyte)block[Scales + (half * 8) + (i / 16)];
            values[i] = d * scale * (((run < 2 ? both & 0x0F : both >> 4) | (upper << 4)) - 32);
        }
    }

    /// <summary>Lower halves with bits 4 and 5 of <paramref name="upper"/>, less 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<sbyte> Join(Vector128<byte> low, Vector128<byte> upper) =>
        (low | (upper & Vector128.Create((byte)0x30))).AsSByte() - Vector128.Create((sbyte)32);
}
