namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Finds one token inside of a tag.</summary>
internal static class TagScanner
{
    // Names are looked up each time they are met.
    private const int LongestName = 256;

    private static readonly string[] s_pairs = ["//", "**", "==", "!=", ">=", "<="];

    /// <summary>The kind and the end of the token that starts at <paramref name="at"/>, which is no white space.</summary>
    public static (TokenKind Kind, int End) Scan(string text, int at, TemplateSource source, int line)
    {
        var c = text[at];
        if (char.IsAsciiDigit(c))
        {
            return Number(text, at);
        }

        if (c == '_' || char.IsLetter(c))
        {
            var end = at + 1;
            while (end < text.Length && (text[end] == '_' || char.IsLetterOrDigit(text[end])))
            {
                end++;
            }

            return end - at <= LongestName ? (TokenKind.Name, end) : throw source.Syntax(line, $"a name of {end - at} characters", $"at most {LongestName}");
        }

        if (c is '\'' or '"')
        {
            return (TokenKind.String, StringEnd(text, at, source, line));
        }

        if (s_pairs.Any(p => string.CompareOrdinal(text, at, p, 0, 2) == 0))
        {
            return (TokenKind.Operator, at + 2);
        }

        return "+-/*%~[](){}><=.:|,".Contains(c)
            ? (TokenKind.Operator, at + 1)
            : throw source.Syntax(line, $"the character {TemplateSource.Quote(c.ToString())} in a tag", "a name, a number, a text or an operator");
    }

    private static int StringEnd(string text, int at, TemplateSource source, int line)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == text[at])
            {
                return i + 1;
            }
        }

        throw source.Syntax(line, "a text without an end", $"a closing {text[at]}");
    }

    /// <summary>Digits may be parted by single underscores; a point counts only between digits, and not behind another
    /// (messages.0.1 takes items, it has no 0.1).</summary>
    private static (TokenKind Kind, int End) Number(string text, int at)
    {
        if (text[at] == '0' && at + 1 < text.Length && (text[at + 1] | 0x20) is 'x' or 'o' or 'b')
        {
            Func<char, bool> isDigit = (text[at + 1] | 0x20) switch
            {
                'x' => char.IsAsciiHexDigit,
                'o' => c => c is >= '0' and <= '7',
                _ => c => c is '0' or '1',
            };
            var digits = Digits(text, at + 2, isDigit, leadingUnderscore: true);
            return digits > at + 2 ? (TokenKind.Integer, digits) : (TokenKind.Integer, at + 1);
        }

        var end = Digits(text, at, char.IsAsciiDigit);
        var isFloat = false;
        if (at == 0 || text[at - 1] != '.')
        {
            if (end < text.Length && text[end] == '.' && Digits(text, end + 1, char.IsAsciiDigit) is var fraction && fraction > end + 1)
            {
                (end, isFloat) = (fraction, true);
            }

            if (end < text.Length && text[end] is 'e' or 'E')
            {
                var first = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
                if (Digits(text, first, char.IsAsciiDigit) is var exponent && exponent > first)
                {
                    (end, isFloat) = (exponent, true);
                }
            }
        }

        return (isFloat ? TokenKind.Float : TokenKind.Integer, end);
    }

    private static int Digits(string text, int at, Func<char, bool> isDigit, bool leadingUnderscore = false)
    {
        var end = at;
        while (end < text.Length)
        {
            var skip = text[end] == '_' && (end > at || leadingUnderscore) ? 1 : 0;
            if (end + skip >= text.Length || !isDigit(text[end + skip]))
            {
                break;
            }

            end += skip + 1;
        }

        return end;
    }
}
