using System.Buffers.Binary;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>SentencePiece's table of replacements: a double-array trie over UTF-8 bytes, whose leaves say where in a block of texts,
/// each ended by NUL, the replacement starts.</summary>
/// <remarks>Layout: u32 bytes of the trie; the trie, units of u32; the texts. Of a unit, bits 0-7 and 31 are its label, bit 8 says
/// that a leaf follows, bits 10-30 (shifted by 8 more where bit 9 is set) are what its place is combined with by xor. A leaf's bits
/// 0-30 are its value. Damaged units lead out of the array, which ends a search; nothing loops, since each step eats a byte.</remarks>
internal sealed class CharsMap
{
    private readonly uint[] _units;
    private readonly byte[] _texts;
    private readonly string _file;
    private readonly string _field;

    /// <param name="bytes">The table.</param>
    /// <param name="file">The file that it stands in, for complaints.</param>
    /// <param name="field">The field.</param>
    /// <exception cref="CheckpointFormatException">The lengths do not fit.</exception>
    public CharsMap(ReadOnlySpan<byte> bytes, string file, string field)
    {
        _file = file;
        _field = field;
        var size = bytes.Length >= sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : uint.MaxValue;
        var rest = bytes[Math.Min(sizeof(uint), bytes.Length)..];
        if (size > rest.Length || size % sizeof(uint) != 0 || size == 0)
        {
            throw new CheckpointFormatException(file, field, $"a trie of {size} bytes in the {rest.Length} behind its length", "whole units of 4 bytes that fit");
        }

        _units = new uint[size / sizeof(uint)];
        for (var i = 0; i < _units.Length; i++)
        {
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(i * sizeof(uint))..]);
        }

        _texts = rest[(int)size..].ToArray();
        if (!Utf8.IsValid(_texts))
        {
            throw new CheckpointFormatException(file, field, "replacements that are not UTF-8", "UTF-8");
        }
    }

    /// <summary>The shortest or longest entry that <paramref name="text"/> starts with.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="longest">Which one.</param>
    /// <param name="length">Its bytes, or 0 where there is none.</param>
    /// <returns>The replacement in UTF-8.</returns>
    public ReadOnlySpan<byte> Match(ReadOnlySpan<byte> text, bool longest, out int length)
    {
        length = 0;
        var value = 0u;
        var place = Offset(_units[0]);
        for (var i = 0; i < text.Length && (longest || length == 0) && text[i] != 0; i++)
        {
            place ^= text[i];
            if (place >= _units.Length || (_units[place] & 0x8000_00FF) != text[i])
            {
                break;
            }

            var unit = _units[place];
            place ^= Offset(unit);
            if ((unit & 0x100) != 0 && place < _units.Length)
            {
                value = _units[place] & 0x7FFF_FFFF;
                length = i + 1;
            }
        }

        return length == 0 ? [] : Text(value);
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);

    private ReadOnlySpan<byte> Text(uint at)
    {
        if (at >= _texts.Length)
        {
            throw new CheckpointFormatException(_file, _field, $"a replacement at byte {at}", $"one within the {_texts.Length} bytes of replacements");
        }

        var text = _texts.AsSpan((int)at);
        var end = text.IndexOf((byte)0);
        return end < 0 ? text : text[..end];
    }
}
