using System.Runtime.InteropServices;
using System.Text.Json;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

/// <summary>Stored blocks against ggml itself, bit for bit; Golden/make_ggml_blocks.py tells how the file was made.</summary>
[Trait("Category", "Kernels")]
public sealed class BlocksGoldenTests
{
    private static readonly GgmlType[] s_decoded =
        [GgmlType.F16, GgmlType.BF16, GgmlType.Q4_0, GgmlType.Q4_1, GgmlType.Q5_0, GgmlType.Q5_1, GgmlType.Q8_0, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K];

    private static readonly GgmlType[] s_encoded = [GgmlType.F16, GgmlType.BF16, GgmlType.Q8_0];

    public static TheoryData<GgmlType> Decoded => [.. s_decoded];

    public static TheoryData<GgmlType> Encoded => [.. s_encoded];

    [Theory]
    [MemberData(nameof(Decoded))]
    public void Blocks_decode_to_ggmls_bits_whole_and_in_parts(GgmlType type)
    {
        var unit = Blocks.Unit(type);
        var numCases = 0;
        foreach (var (name, blocks, values) in Cases("decode", type))
        {
            Assert.True(Blocks.IsFinite(type, blocks) == (values.Length > 0), $"{type} {name}: whether it is finite");
            numCases++;
            if (values.Length == 0)
            {
                continue;
            }

            var whole = new float[values.Length];
            Blocks.ToSingle(type, blocks, 0, whole);
            SameBits(values, whole, $"{type} {name}");
            for (var first = 0; first < values.Length; first += unit)
            {
                var part = new float[Math.Min(unit == 1 ? 33 : unit, values.Length - first)];
                Blocks.ToSingle(type, blocks, first, part);
                SameBits(values.AsSpan(first, part.Length), part, $"{type} {name} from {first}");
            }
        }

        Assert.True(numCases >= 8, $"{type}: expected at least 8 cases, found {numCases}");
    }

    [Theory]
    [MemberData(nameof(Decoded))]
    public unsafe void The_scalar_definition_gives_the_same_bits(GgmlType type)
    {
        if (!GgmlTypes.IsQuantized(type))
        {
            return;
        }

        var unit = Blocks.Unit(type);
        var length = GgmlTypes.BlockLength(type);
        foreach (var (name, blocks, values) in Cases("decode", type).Where(c => c.Values.Length > 0))
        {
            var found = new float[values.Length];
            fixed (byte* start = blocks)
            fixed (float* target = found)
            {
                for (var first = 0; first < found.Length; first += unit)
                {
                    Reference(type, start + (first / length * GgmlTypes.BlockBytes(type)), first % length / unit, target + first);
                }
            }

            SameBits(values, found, $"{type} {name}");
        }
    }

    [Theory]
    [MemberData(nameof(Encoded))]
    public void Numbers_encode_to_ggmls_bytes(GgmlType type)
    {
        var numCases = 0;
        foreach (var (name, blocks, values) in Cases("encode", type))
        {
            var found = new byte[blocks.Length];
            Blocks.FromSingle(type, values, found);
            for (var i = 0; i < found.Length; i++)
            {
                Assert.True(blocks[i] == found[i], $"{type} {name}: byte {i}: expected {blocks[i]:X2}, found {found[i]:X2}");
            }

            numCases++;
        }

        Assert.True(numCases >= 7, $"{type}: expected at least 7 cases, found {numCases}");
    }

    private static unsafe void Reference(GgmlType type, byte* block, int half, float* values)
    {
        switch (type)
        {
            case GgmlType.Q4_0:
                BlockQ40.Reference(block, values);
                break;
            case GgmlType.Q4_1:
                BlockQ41.Reference(block, values);
                break;
            case GgmlType.Q5_0:
                BlockQ50.Reference(block, values);
                break;
            case GgmlType.Q5_1:
                BlockQ51.Reference(block, values);
                break;
            case GgmlType.Q8_0:
                BlockQ80.Reference(block, values);
                break;
            case GgmlType.Q4_K:
                BlockQ4K.Reference(block, half, values);
                break;
            case GgmlType.Q5_K:
                BlockQ5K.Reference(block, half, values);
                break;
            default:
                Assert.Equal(GgmlType.Q6_K, type);
                BlockQ6K.Reference(block, half, values);
                break;
        }
    }

    private static IEnumerable<(string Name, byte[] Blocks, float[] Values)> Cases(string section, GgmlType type)
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "ggml_blocks.json")));
        foreach (var element in golden.RootElement.GetProperty(section).EnumerateArray().Where(e => e.GetProperty("type").ValueEquals(type.ToString())))
        {
            var values = element.TryGetProperty("values", out var text) ? MemoryMarshal.Cast<byte, float>(text.GetBytesFromBase64()).ToArray() : [];
            yield return (element.GetProperty("case").GetString()!, element.GetProperty("blocks").GetBytesFromBase64(), values);
        }
    }

    private static void SameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> found, string where)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(
                BitConverter.SingleToUInt32Bits(expected[i]) == BitConverter.SingleToUInt32Bits(found[i]),
                $"{where}: element {i}: expected {expected[i]:R} ({BitConverter.SingleToUInt32Bits(expected[i]):X8}), found {found[i]:R} ({BitConverter.SingleToUInt32Bits(found[i]):X8})");
        }
    }
}
