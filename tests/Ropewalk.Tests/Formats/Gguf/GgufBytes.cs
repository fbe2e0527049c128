using System.Buffers.Binary;
using System.Text;

namespace Ropewalk.Tests.Formats.Gguf;

/// <summary>Builds GGUF files byte by byte, right or wrong, without the writer under test.</summary>
internal static class GgufBytes
{
    public const uint F32 = 0;
    public const uint Q4_0 = 2;

    /// <summary>A sound file of several kinds of pairs and three tensors: a = F32 [2, 4], b = Q4_0 [3, 32], c = F32 [8]. Its last byte
    /// belongs to a tensor.</summary>
    public static byte[] Valid(uint version = 3) => Whole(
        [
            Pair("general.architecture", 8, Text("llama")),
            Pair("general.alignment", 4, U32(32)),
            Pair("llama.rope.freq_base", 6, BitConverter.GetBytes(10_000f)),
            Pair("flag", 7, [1]),
            List("tokens", 8, 3, [.. Text("<s>"), .. Text(""), .. Text("\u2581a")]),
            List("ids", 5, 2, [.. U32(1), .. U32(2)]),
            Pair("big", 10, U64(ulong.MaxValue)),
        ],
        [Tensor("a", [4, 2], F32, 0), Tensor("b", [32, 3], Q4_0, 32), Tensor("c", [8], F32, 96)],
        128, version: version);

    /// <summary>A whole file; the counts can lie.</summary>
    public static byte[] Whole(byte[][] pairs, byte[][] tensors, int dataBytes, uint version = 3, ulong? numTensors = null, ulong? numPairs = null, int alignment = 32)
    {
        byte[] header =
        [
            .. "GGUF"u8, .. U32(version), .. U64(numTensors ?? (ulong)tensors.Length), .. U64(numPairs ?? (ulong)pairs.Length),
            .. pairs.SelectMany(pair => pair), .. tensors.SelectMany(tensor => tensor),
        ];
        var padded = tensors.Length == 0 ? header.Length : (header.Length + alignment - 1) / alignment * alignment;
        var file = new byte[padded + dataBytes];
        header.CopyTo(file, 0);
        for (var i = 0; i < dataBytes; i++)
        {
            file[padded + i] = (byte)(i * 7);
        }

        return file;
    }

    /// <summary>A file with one pair.</summary>
    public static byte[] One(byte[] pair) => Whole([pair], [], 0);

    /// <summary>A file with one tensor "t" of 4 x F32 in the data, described as given.</summary>
    public static byte[] OneTensor(ulong[] extents, uint type = F32, ulong offset = 0, uint? rank = null) =>
        Whole([], [Tensor("t", extents, type, offset, rank)], 32);

    public static byte[] Pair(string key, uint type, byte[] value) => [.. Text(key), .. U32(type), .. value];

    public static byte[] List(string key, uint type, ulong count, byte[] elements) => Pair(key, 9, [.. U32(type), .. U64(count), .. elements]);

    /// <summary>A description; extents are innermost first, as in the file.</summary>
    public static byte[] Tensor(string name, ulong[] extents, uint type, ulong offset, uint? rank = null) =>
        Tensor(Encoding.UTF8.GetBytes(name), extents, type, offset, rank);

    public static byte[] Tensor(byte[] name, ulong[] extents, uint type, ulong offset, uint? rank = null) =>
        [.. U64((ulong)name.Length), .. name, .. U32(rank ?? (uint)extents.Length), .. extents.SelectMany(U64), .. U32(type), .. U64(offset)];

    public static byte[] Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public static byte[] Text(byte[] bytes, ulong? length = null) => [.. U64(length ?? (ulong)bytes.Length), .. bytes];

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}
