using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>GPT-2's way to write any byte as one printable character: printable Latin-1 bytes stand for themselves, the
/// other 68 for U+0100 upwards, in order.</summary>
internal static class ByteAlphabet
{
    private static readonly char[] Chars = BuildChars();
    private static readonly short[] Bytes = BuildBytes();

    public static char CharOf(byte b) => Chars[b];

    /// <summary>The byte that <paramref name="c"/> stands for, or -1.</summary>
    public static int ByteOf(char c) => c < Bytes.Length ? Bytes[c] : -1;

    /// <summary>Writes the UTF-8 bytes of a well-formed text; gives their number.</summary>
    public static int Map(ReadOnlySpan<char> text, Span<char> mapped)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var count = 0;
        for (var i = 0; i < text.Length;)
        {
            if (text[i] < 0x80)
            {
                mapped[count++] = CharOf((byte)text[i++]);
                continue;
            }

            Rune.DecodeFromUtf16(text[i..], out var rune, out var length);
            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                mapped[count++] = CharOf(b);
            }

            i += length;
        }

        return count;
    }

    private static char[] BuildChars()
    {
        var chars = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
        {
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        }

        return chars;
    }

    private static short[] BuildBytes()
    {
        var bytes = new short[Chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (var b = 0; b < 256; b++)
        {
            bytes[Chars[b]] = (short)b;
        }

        return bytes;
    }
}
