using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Buffers and weights of random numbers: the time must not be that of zeros, infinities or subnormal numbers.</summary>
internal static class RandomNumbers
{
    /// <summary>A buffer of numbers in [-scale/2, scale/2).</summary>
    public static NativeBuffer<float> Buffer(long length, int seed, float scale = 1)
    {
        var buffer = new NativeBuffer<float>(length);
        var random = new Random(seed);
        for (long at = 0; at < length; at += int.MaxValue)
        {
            foreach (ref var number in buffer.Span(at, (int)Math.Min(int.MaxValue, length - at)))
            {
                number = (random.NextSingle() - 0.5f) * scale;
            }
        }

        return buffer;
    }

    /// <summary>A weight of any type. Of a block type any bytes, but for the high byte of each scale.</summary>
    public static PackedMatrix Weight(GgmlType type, int rows, int columns)
    {
        var random = new Random(2);
        var weight = new PackedMatrix(rows, columns, type);
        for (var panel = 0; panel < weight.NumPanels; panel++)
        {
            var numRows = weight.RowsOf(panel);
            if (!GgmlTypes.IsQuantized(type))
            {
                weight.SetPanel(panel, [.. Enumerable.Range(0, numRows * columns).Select(_ => random.NextSingle() - 0.5f)]);
                continue;
            }

            var bytes = new byte[numRows * GgmlTypes.RowBytes(type, columns)];
            random.NextBytes(bytes);
            var size = GgmlTypes.BlockBytes(type);
            for (var at = 0; at < bytes.Length; at += size)
            {
                foreach (var high in type == GgmlType.Q6_K ? (int[])[size - 1] : [1, 3])
                {
                    bytes[at + high] = 0x2C;
                }
            }

            weight.SetRows(panel * MicroKernel.Columns, bytes);
        }

        return weight;
    }
}
