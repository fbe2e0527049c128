using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q8_0: a half-precision scale d, then 32 signed bytes q; a value is d q.</summary>
internal static unsafe class BlockQ80
{
    private const int Length = 32;
    private const int Bytes = 34;
    private const int Quants = 2;

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
        BlockLanes.Scale(Vector128.Load((sbyte*)block + Quants), scale, values);
        BlockLanes.Scale(Vector128.Load((sbyte*)block + Quants + 16), scale, values + 16);
    }

    /// <summary>The same one by one.</summary>
    public static void Reference(byte* block, float* values)
    {
        var scale = BlockLanes.Half(block);
        for (var i = 0; i < Length; i++)
        {
            values[i] = (sbyte)block[Quants + i] * scale;
        }
    }

    /// <summary>Stores 32 values: the largest magnitude becomes 127, the others are rounded to the nearest, halves away from zero.
    /// The scale that is stored is rounded to half precision, the one divided by is not: ggml's reference does so.</summary>
    public static void Encode(float* values, byte* block)
    {
        var largest = 0f;
        for (var i = 0; i < Length; i++)
        {
            // Not Math.Max: a NaN is forgotten at the next number here.
            var magnitude = MathF.Abs(values[i]);
            largest = largest > magnitude ? largest : magnitude;
        }

        var scale = largest / 127;
        var inverse = scale == 0 ? 0 : 1 / scale;
        Unsafe.WriteUnaligned(block, Formats.Float16.FromSingle(scale));
        for (var i = 0; i < Length; i++)
        {
            // A scale below 2^-128 has no finite inverse: the products are infinite or NaN and are stored as 0, as is their scale.
            var scaled = values[i] * inverse;
            block[Quants + i] = float.IsFinite(scaled) ? (byte)(sbyte)MathF.Round(scaled, MidpointRounding.AwayFromZero) : (byte)0;
        }
    }
}
