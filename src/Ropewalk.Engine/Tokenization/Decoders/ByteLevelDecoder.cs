using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the byte alphabet; a token with any other character in it (an added one) is its own text.</summary>
internal sealed class ByteLevelDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            bytes.AddRange(Bytes(token));
        }

        return [Encoding.UTF8.GetString(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes))];
    }

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            piece.Become(Bytes(text));
        }
    }

    private static byte[] Bytes(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            var b = ByteAlphabet.ByteOf(token[i]);
            if (b < 0)
            {
                return Encoding.UTF8.GetBytes(token);
            }

            bytes[i] = (byte)b;
        }

        return bytes;
    }
}
