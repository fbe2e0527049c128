using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Formats;

/// <summary>Makes text from a stranger's file fit to print: one line, no terminal escapes, no text that turns round.</summary>
public static class Printable
{
    /// <summary>Text with control, format and unpaired characters and line breaks written as \uXXXX.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="maximumCharacters">Longer text is cut there and ends in "...".</param>
    public static string OneLine(string text, int maximumCharacters = int.MaxValue)
    {
        var cut = text.Length > maximumCharacters;
        var length = cut ? maximumCharacters : text.Length;
        StringBuilder? escaped = null;
        for (var i = 0; i < length; i++)
        {
            var c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < length && char.IsLowSurrogate(text[i + 1]))
            {
                escaped?.Append(c).Append(text[i + 1]);
                i++;
            }
            else if (IsHarmless(c))
            {
                escaped?.Append(c);
            }
            else
            {
                escaped ??= new StringBuilder(text, 0, i, length + 16);
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
        }

        var line = escaped?.ToString() ?? text[..length];
        return cut ? line + "..." : line;
    }

    private static bool IsHarmless(char c) => c < 0x80
        ? c >= 0x20 && c != 0x7F
        : char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
