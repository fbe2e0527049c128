using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tensors;

/// <summary>Stored numbers to float32 and back, for every <see cref="GgmlType"/>: bit by bit what ggml's reference code gives.</summary>
public static unsafe class Blocks
{
    /// <summary>Columns that are decoded at a time: a part of a row begins and ends at a multiple of it. 1, 32, or 128 for blocks of 256.</summary>
    public static int Unit(GgmlType type) => Math.Min(GgmlTypes.BlockLength(type), 128);

    /// <summary>Decodes part of a row.</summary>
    /// <param name="type">Stored type. Doubles are rounded to the nearest float32; every other type widens exactly as ggml's code does.</param>
    /// <param name="rowBytes">The whole row, whole blocks.</param>
    /// <param name="firstColumn">First column of the part, a multiple of <see cref="Unit"/>.</param>
    /// <param name="values">Receives the part; its length is a multiple of <see cref="Unit"/>.</param>
    public static void ToSingle(GgmlType type, ReadOnlySpan<byte> rowBytes, int firstColumn, Span<float> values)
    {
        var unit = Unit(type);
        var columns = (long)(rowBytes.Length / GgmlTypes.BlockBytes(type)) * GgmlTypes.BlockLength(type);
        if (firstColumn < 0 || firstColumn % unit != 0 || values.Length % unit != 0 || firstColumn + (long)values.Length > columns)
        {
            throw new ArgumentException($"columns {firstColumn} to {firstColumn + (long)values.Length}, expected multiples of {unit} within {columns}", nameof(values));
        }

        fixed (byte* row = rowBytes)
        fixed (float* target = values)
        {
            ToSingle(type, row, firstColumn, values.Length, target);
        }
    }

    /// <summary>Encodes whole blocks; types with a writer are F32, F16, BF16 and Q8_0.</summary>
    /// <param name="type">Stored type.</param>
    /// <param name="values">Finite numbers, whole blocks. Where a half-precision number or scale would be too large it is stored as infinity,
    /// as ggml stores it: <see cref="IsFinite"/> tells.</param>
    /// <param name="bytes">Receives the blocks and has exactly their length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type has no writer.</exception>
    public static void FromSingle(GgmlType type, ReadOnlySpan<float> values, Span<byte> bytes)
    {
        if (values.Length % GgmlTypes.BlockLength(type) != 0 || bytes.Length != GgmlTypes.RowBytes(type, values.Length))
        {
            throw new ArgumentException($"{values.Length} values and {bytes.Length} bytes are not the same number of whole blocks", nameof(bytes));
        }

        switch (type)
        {
            case GgmlType.F32:
                MemoryMarshal.AsBytes(values).CopyTo(bytes);
                break;
            case GgmlType.F16:
                Float16.FromSingle(values, MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case GgmlType.BF16:
                Bfloat16.FromSingle(values, MemoryMarshal.Cast<byte, ushort>(bytes));
                break;
            case GgmlType.Q8_0:
                fixed (float* source = values)
                fixed (byte* target = bytes)
                {
                    for (var i = 0; i < values.Length / 32; i++)
                    {
                        BlockQ80.Encode(source + (i * 32), target + ((long)i * 34));
                    }
                }

                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that is written");
        }
    }

    /// <summary>Whether all numbers are finite once decoded. Of a block type the half-precision scales and minima alone are looked at:
    /// finite ones cannot give anything else.</summary>
    /// <param name="type">Stored type.</param>
    /// <param name="bytes">Whole blocks.</param>
    public static bool IsFinite(GgmlType type, ReadOnlySpan<byte> bytes)
    {
        var size = GgmlTypes.BlockBytes(type);
        if (bytes.Length % size != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes are not whole blocks of {size}", nameof(bytes));
        }

        switch (type)
        {
            case GgmlType.F32:
                return !FiniteBits.AnyHasAll(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u);
            case GgmlType.F16:
                return !FiniteBits.AnyHasAll(MemoryMarshal.Cast<byte, ushort>(bytes), FiniteBits.HalfExponent);
            case GgmlType.BF16:
                return !FiniteBits.AnyHasAll(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80);
            case GgmlType.F64:
                foreach (var value in MemoryMarshal.Cast<byte, double>(bytes))
                {
                    if (!float.IsFinite((float)value))
                    {
                        return false;
                    }
                }

                return true;
            case GgmlType.Q6_K:
                return FiniteBits.HalvesAreFinite(bytes, size, size - sizeof(ushort));
            case GgmlType.Q4_1 or GgmlType.Q5_1 or GgmlType.Q4_K or GgmlType.Q5_K:
                return FiniteBits.HalvesAreFinite(bytes, size, 0) && FiniteBits.HalvesAreFinite(bytes, size, sizeof(ushort));
            default:
                return FiniteBits.HalvesAreFinite(bytes, size, 0);
        }
    }

    /// <summary>The same as <see cref="ToSingle(GgmlType, ReadOnlySpan{byte}, int, Span{float})"/> without its checks.</summary>
    internal static void ToSingle(GgmlType type, byte* row, int firstColumn, int count, float* values)
    {
        switch (type)
        {
            case GgmlType.F32:
                new ReadOnlySpan<float>((float*)row + firstColumn, count).CopyTo(new Span<float>(values, count));
                break;
            case GgmlType.F16:
                Float16.ToSingle(new ReadOnlySpan<ushort>((ushort*)row + firstColumn, count), new Span<float>(values, count));
                break;
            case GgmlType.BF16:
                Bfloat16.ToSingle(new ReadOnlySpan<ushort>((ushort*)row + firstColumn, count), new Span<float>(values, count));
                break;
            case GgmlType.F64:
                for (var i = 0; i < count; i++)
                {
                    values[i] = (float)((double*)row)[firstColumn + i];
                }

                break;
            case GgmlType.Q4_0:
                BlockQ40.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q4_1:
                BlockQ41.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q5_0:
                BlockQ50.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q5_1:
                BlockQ51.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q8_0:
                BlockQ80.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q4_K:
                BlockQ4K.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q5_K:
                BlockQ5K.Decode(row, firstColumn, count, values);
                break;
            case GgmlType.Q6_K:
                BlockQ6K.Decode(row, firstColumn, count, values);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that is read");
        }
    }
}
