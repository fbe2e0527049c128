using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Classes of characters as the reference library has them, from the resource beside this file: some of its tables are
/// older than ours, and a mark or a script that is newer than they are is none to it.</summary>
internal static class CharacterClasses
{
    private const string Resource = "character-classes.txt";

    private static readonly RangeTable Punctuation;
    private static readonly RangeTable Marks;
    private static readonly RangeTable NonspacingMarks;
    private static readonly RangeTable Removed;
    private static readonly RangeTable Scripts;

    static CharacterClasses()
    {
        using var stream = typeof(CharacterClasses).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the resource {Resource} is missing");
        using var reader = new StreamReader(stream);
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                lines.Add(line[..space], line[(space + 1)..]);
            }
        }

        Punctuation = RangeTable.Parse(lines["punctuation"]);
        Marks = RangeTable.Parse(lines["mark"]);
        NonspacingMarks = RangeTable.Parse(lines["nonspacing"]);
        Removed = RangeTable.Parse(lines["removed"]);
        Scripts = RangeTable.Parse(lines.Where(l => l.Key.StartsWith("script:", StringComparison.Ordinal)).Select(l => l.Value));
    }

    /// <summary>\p{N}.</summary>
    public static bool IsNumber(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>\p{P} and the ASCII symbols.</summary>
    public static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? Rune.IsPunctuation(rune) || Rune.IsSymbol(rune) : Punctuation.Contains(rune.Value);

    /// <summary>\p{M}.</summary>
    public static bool IsMark(Rune rune) => rune.Value >= 0x300 && Marks.Contains(rune.Value);

    /// <summary>\p{Mn}.</summary>
    public static bool IsNonspacingMark(Rune rune) => rune.Value >= 0x300 && NonspacingMarks.Contains(rune.Value);

    /// <summary>What BERT takes out of a text: controls, formats, private use, NUL and U+FFFD; not tab and line breaks.</summary>
    public static bool IsRemoved(Rune rune) => rune.Value is < 0x20 or >= 0x7F && Removed.Contains(rune.Value);

    /// <summary>\w: letters, marks, digits, connecting punctuation, the two joiners, and symbols that are letters in a circle.</summary>
    public static bool IsWord(Rune rune) => Rune.GetUnicodeCategory(rune)
        is <= UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9)
            or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    /// <summary>A number for the character's script, or -1 where it has none (space, unassigned).</summary>
    public static int ScriptOf(int codePoint) => Scripts.ValueOf(codePoint);
}
