using System.Buffers.Binary;
using System.Text;

namespace Ropewalk.Tests.Formats;

/// <summary>Builds safetensors files byte by byte, right or wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A sound file of two tensors: a = F32 [2, 3], b = BF16 [4], with metadata.</summary>
    public static byte[] Valid() => File(
        """{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}""", 32);

    /// <summary>Length prefix, header and data; the prefix can lie.</summary>
    public static byte[] File(string header, int dataBytes, ulong? length = null) => File(Encoding.UTF8.GetBytes(header), dataBytes, length);

    public static byte[] File(byte[] header, int dataBytes, ulong? length = null)
    {
        var file = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(file, length ?? (ulong)header.Length);
        header.CopyTo(file, 8);
        for (var i = 0; i < dataBytes; i++)
        {
            file[8 + header.Length + i] = (byte)(i * 7);
        }

        return file;
    }

    /// <summary>One tensor t with the given JSON in its three fields.</summary>
    public static byte[] One(string dtype, string shape, string offsets, int dataBytes) =>
        File("{\"t\":{\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}", dataBytes);

    /// <summary>U8 tensors a, b, ... with the given ranges.</summary>
    public static byte[] Ranges(int dataBytes, params (int Begin, int End)[] ranges) => File(
        "{" + string.Join(",", ranges.Select((r, i) =>
            $$"""
            "{{(char)('a' + i)}}":{"dtype":"U8","shape":[{{r.End - r.Begin}}],"data_offsets":[{{r.Begin}},{{r.End}}]}
            """)) + "}",
        dataBytes);
}
