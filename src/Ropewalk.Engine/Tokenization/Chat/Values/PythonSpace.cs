namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>White space as Python's str methods and patterns know it: .NET's, and four separators of ASCII.</summary>
internal static class PythonSpace
{
    /// <summary>Whether the character is white space.</summary>
    public static bool Is(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    /// <summary>Whether a line ends at the character, as str.splitlines has it.</summary>
    public static bool EndsLine(char c) => c is (>= '\n' and <= '\r') or (>= '\u001C' and <= '\u001E') or '\u0085' or '\u2028' or '\u2029';

    /// <summary>The text without white space at its end.</summary>
    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text)
    {
        var end = text.Length;
        while (end > 0 && Is(text[end - 1]))
        {
            end--;
        }

        return text[..end];
    }
}
