using System.Text;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Writes the protobuf of a SentencePiece model, right or wrong.</summary>
internal static class SentencePieceBytes
{
    /// <summary>A unigram model that writes a, b, ab and spaces.</summary>
    public static byte[] Small() =>
    [
        .. Piece("<unk>", 0, 2), .. Piece("<s>", 0, 3), .. Piece("</s>", 0, 3),
        .. Piece("a", -1, 1), .. Piece("b", -2, 1), .. Piece("ab", -2.5f, 1), .. Piece("\u2581", -1.5f, 1),
        .. Bytes(2, [.. Number(3, 1), .. Number(41, 1), .. Number(42, 2)]),
        .. Bytes(3, [.. Number(3, 1), .. Number(4, 1)]),
    ];

    public static byte[] Piece(string text, float score, ulong type) =>
        Bytes(1, [.. Bytes(1, Encoding.UTF8.GetBytes(text)), .. Single(2, score), .. Number(3, type)]);

    public static byte[] Bytes(ulong field, byte[] value) => [.. Varint((field << 3) | 2), .. Varint((ulong)value.Length), .. value];

    public static byte[] Number(ulong field, ulong value) => [.. Varint(field << 3), .. Varint(value)];

    public static byte[] Single(ulong field, float value) => [.. Varint((field << 3) | 5), .. BitConverter.GetBytes(value)];

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
