using System.Globalization;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Classifies characters, including those beyond U+FFFF, which .NET's regular expressions do not.</summary>
internal static class CharKinds
{
    private static readonly CharKind[] Table = BuildTable();

    /// <summary>Kind of the character at <paramref name="at"/> of a well-formed text, and its length in UTF-16 units.</summary>
    public static CharKind At(ReadOnlySpan<char> text, int at, out int length)
    {
        var c = text[at];
        if (!char.IsHighSurrogate(c))
        {
            length = 1;
            return Table[c];
        }

        length = 2;
        return Of(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[at + 1])));
    }

    /// <summary>End of the run of <paramref name="kind"/> that starts at <paramref name="at"/>, at most <paramref name="max"/> characters.</summary>
    public static int RunEnd(ReadOnlySpan<char> text, int at, CharKind kind, int max = int.MaxValue)
    {
        while (at < text.Length && max-- > 0 && At(text, at, out var length) == kind)
        {
            at += length;
        }

        return at;
    }

    /// <summary>\s+(?!\S)|\s+ : the run of white space, less its last character where something follows it.</summary>
    public static int SpaceEnd(ReadOnlySpan<char> text, int at)
    {
        var end = RunEnd(text, at, CharKind.Space);
        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    private static CharKind Of(UnicodeCategory category) => category switch
    {
        <= UnicodeCategory.OtherLetter => CharKind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharKind.Number,
        _ => CharKind.Other,
    };

    private static CharKind[] BuildTable()
    {
        var table = new CharKind[0x10000];
        for (var c = 0; c < table.Length; c++)
        {
            table[c] = char.IsWhiteSpace((char)c) ? CharKind.Space : Of(CharUnicodeInfo.GetUnicodeCategory((char)c));
        }

        return table;
    }
}
