using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

/// <summary>What the golden file has no case for: plain floating-point types, refusals, and the checks for finite numbers at every place.</summary>
[Trait("Category", "Kernels")]
public sealed class BlocksTests
{
    [Fact]
    public void Doubles_and_singles_are_read_from_any_column()
    {
        double[] doubles = [0, -1.5, 1e-300, 1 + 1e-12, 0.1, -3e38, 4e-45, 7];
        var found = new float[5];
        Blocks.ToSingle(GgmlType.F64, MemoryMarshal.AsBytes(doubles), 2, found);
        Numbers.Same([0, 1, 0.1f, -3e38f, 4e-45f], found, "F64");
        float[] singles = [1, 2, 3, 4, 5, 6, 7];
        Blocks.ToSingle(GgmlType.F32, MemoryMarshal.AsBytes(singles), 1, found);
        Numbers.Same([2, 3, 4, 5, 6], found, "F32");
    }

    [Fact]
    public void Every_half_widens_to_what_the_runtime_says()
    {
        var bits = Enumerable.Range(0, 1 << 16).Select(i => (ushort)i).ToArray();
        var found = new float[bits.Length];
        Blocks.ToSingle(GgmlType.F16, MemoryMarshal.AsBytes(bits.AsSpan()), 0, found);
        for (var i = 0; i < bits.Length; i++)
        {
            var expected = (float)BitConverter.UInt16BitsToHalf(bits[i]);
            var single = Float16.ToSingle(bits[i]);
            Assert.True(Same(expected, found[i]) && Same(expected, single), $"half {i:X4}: expected {expected:R}, found {found[i]:R} in lanes and {single:R} alone");
        }

        static bool Same(float a, float b) => BitConverter.SingleToUInt32Bits(a) == BitConverter.SingleToUInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    [InlineData(GgmlType.F64)]
    public void A_number_that_is_not_finite_is_seen_wherever_it_lies(GgmlType type)
    {
        const int Count = 67;
        var size = GgmlTypes.BlockBytes(type);
        byte[][] specials = type switch
        {
            GgmlType.F32 => [.. Specials.Select(v => BitConverter.GetBytes(v))],
            GgmlType.F16 => [.. Specials.Select(v => BitConverter.GetBytes((Half)v))],
            GgmlType.BF16 => [.. Specials.Select(v => BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(v) >> 16)))],
            _ => [.. Specials.Select(v => BitConverter.GetBytes((double)v)), BitConverter.GetBytes(1e39)],
        };
        for (var at = 0; at < Count; at++)
        {
            foreach (var special in specials)
            {
                // All other bits are ones, but for the highest of the exponent: large finite numbers.
                var bytes = Enumerable.Repeat((byte)0xFF, Count * size).ToArray();
                for (var i = size - 1; i < bytes.Length; i += size)
                {
                    bytes[i] = 0xBF;
                }

                Assert.True(Blocks.IsFinite(type, bytes), $"{type}: finite numbers");
                special.CopyTo(bytes, at * size);
                Assert.False(Blocks.IsFinite(type, bytes), $"{type}: {Convert.ToHexString(special)} at {at}");
            }
        }
    }

    [Fact]
    public void Parts_that_are_not_whole_units_are_refused()
    {
        var q8 = new byte[34 * 4];
        var q4 = new byte[144 * 2];
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q8_0, q8, 16, new float[32]));
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q8_0, q8, 0, new float[33]));
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q8_0, q8, 32, new float[128]));
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q8_0, q8, -32, new float[32]));
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q4_K, q4, 32, new float[128]));
        Assert.Throws<ArgumentException>(() => Blocks.ToSingle(GgmlType.Q4_K, q4, 384, new float[256]));
        Assert.Throws<ArgumentException>(() => Blocks.IsFinite(GgmlType.Q4_K, q4.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => Blocks.FromSingle(GgmlType.Q8_0, new float[33], new byte[34]));
        Assert.Throws<ArgumentException>(() => Blocks.FromSingle(GgmlType.Q8_0, new float[32], new byte[35]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Blocks.FromSingle(GgmlType.Q4_K, new float[256], new byte[144]));
    }

    private static readonly float[] Specials = [float.PositiveInfinity, float.NegativeInfinity, float.NaN];
}
