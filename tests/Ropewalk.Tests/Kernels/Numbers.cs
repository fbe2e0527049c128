using Ropewalk.Lab.Data;

namespace Ropewalk.Tests.Kernels;

/// <summary>Seeded inputs and comparisons that say where a difference is.</summary>
internal static class Numbers
{
    /// <summary>Uniform numbers in [-scale, scale).</summary>
    public static float[] Random(int count, ulong seed, double scale = 1)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(((random.NextDouble() * 2) - 1) * scale))];
    }

    /// <summary>Drops the bits that bfloat16 does not keep.</summary>
    public static float[] ToBfloat16(float[] values) =>
        [.. values.Select(v => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(v) & 0xFFFF0000u))];

    public static void Close(double expected, double found, double tolerance, string where) =>
        Assert.True(Math.Abs(expected - found) <= tolerance, $"{where}: expected {expected:G9}, found {found:G9}, tolerance {tolerance:G3}");

    public static void Close(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, double tolerance, string where)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs((double)expected[i] - found[i]) <= tolerance, $"{where}: element {i}: expected {expected[i]:G9}, found {found[i]:G9}, tolerance {tolerance:G3}");
        }
    }

    /// <summary>Equal numbers; a zero's sign is not looked at.</summary>
    public static void Same(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string where)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i].Equals(found[i]), $"{where}: element {i}: expected {expected[i]:R}, found {found[i]:R}, expected the same number");
        }
    }
}
