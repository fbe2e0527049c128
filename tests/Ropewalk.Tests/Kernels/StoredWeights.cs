using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

/// <summary>Seeded weights in any stored type, as bytes and as the float32 numbers they stand for.</summary>
internal static class StoredWeights
{
    /// <summary>Every type that a matrix can be kept in.</summary>
    public static GgmlType[] Types { get; } = [.. Enum.GetValues<GgmlType>().Where(t => t != GgmlType.F64)];

    /// <summary>Rows of any bytes with scales of a size that makes the numbers about 1; floating-point types are rounded from such numbers.</summary>
    public static byte[] Random(GgmlType type, int rows, int columns, ulong seed)
    {
        var bytes = new byte[rows * GgmlTypes.RowBytes(type, columns)];
        if (!GgmlTypes.IsQuantized(type))
        {
            Blocks.FromSingle(type, Numbers.Random(rows * columns, seed), bytes);
            return bytes;
        }

        // Random float32 bits hold random bytes in their lower halves.
        var noise = MemoryMarshal.AsBytes(Numbers.Random((bytes.Length / 2) + 1, seed).AsSpan());
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = noise[(i / 2 * 4) + (i % 2)];
        }

        var size = GgmlTypes.BlockBytes(type);
        var (scale, minimum) = type switch
        {
            GgmlType.Q8_0 => (1 / 128f, 0f),
            GgmlType.Q4_0 or GgmlType.Q5_0 => (1 / 16f, 0f),
            GgmlType.Q4_1 or GgmlType.Q5_1 => (1 / 16f, -0.5f),
            GgmlType.Q6_K => (1 / 4096f, 0f),
            _ => (1 / 1024f, 1 / 128f),
        };
        var random = Numbers.Random(bytes.Length / size, seed + 1);
        for (var block = 0; block < random.Length; block++)
        {
            var at = bytes.AsSpan(block * size);
            var factor = 1 + (random[block] / 2);
            BinaryPrimitives.WriteHalfLittleEndian(type == GgmlType.Q6_K ? at[(size - 2)..] : at, (Half)(scale * factor));
            if (minimum != 0)
            {
                BinaryPrimitives.WriteHalfLittleEndian(at[2..], (Half)(minimum * factor));
            }
        }

        return bytes;
    }

    /// <summary>The numbers of such rows.</summary>
    public static float[] Decode(GgmlType type, byte[] bytes, int rows, int columns)
    {
        var values = new float[rows * columns];
        var rowBytes = bytes.Length / rows;
        for (var row = 0; row < rows; row++)
        {
            Blocks.ToSingle(type, bytes.AsSpan(row * rowBytes, rowBytes), 0, values.AsSpan(row * columns, columns));
        }

        return values;
    }

    /// <summary>A matrix of such rows, filled by the means that its type has; block types a few rows at a time.</summary>
    public static PackedMatrix Pack(GgmlType type, byte[] bytes, int rows, int columns)
    {
        var packed = new PackedMatrix(rows, columns, type);
        var rowBytes = bytes.Length / rows;
        if (GgmlTypes.IsQuantized(type))
        {
            for (var row = 0; row < rows; row += 5)
            {
                packed.SetRows(row, bytes.AsSpan(row * rowBytes, Math.Min(5, rows - row) * rowBytes));
            }

            return packed;
        }

        for (var panel = 0; panel < packed.NumPanels; panel++)
        {
            var part = bytes.AsSpan(panel * MicroKernel.Columns * rowBytes, packed.RowsOf(panel) * rowBytes);
            if (type == GgmlType.F32)
            {
                packed.SetPanel(panel, MemoryMarshal.Cast<byte, float>(part));
            }
            else
            {
                packed.SetPanel(panel, MemoryMarshal.Cast<byte, ushort>(part));
            }
        }

        return packed;
    }
}
