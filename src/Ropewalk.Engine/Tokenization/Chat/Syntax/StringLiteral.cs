using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Reads the escapes of a quoted text as Python does: an unknown one stays as it is, backslash included.</summary>
internal static class StringLiteral
{
    /// <summary>The text between the quotes, unescaped.</summary>
    /// <param name="body">What stands between the quotes.</param>
    /// <param name="source">For complaints.</param>
    /// <param name="line">For complaints.</param>
    public static string Unescape(ReadOnlySpan<char> body, TemplateSource source, int line)
    {
        if (!body.Contains('\\'))
        {
            return body.ToString();
        }

        var text = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\')
            {
                text.Append(body[i]);
                continue;
            }

            // The lexer ends a text only at a quote without a backslash, so one character follows.
            var escape = body[++i];
            switch (escape)
            {
                case '\n':
                    break;
                case 'x' or 'u' or 'U':
                    var digits = escape switch { 'x' => 2, 'u' => 4, _ => 8 };
                    Append(text, body[(i + 1)..], digits, source, line);
                    i += digits;
                    break;
                case >= '0' and <= '7':
                    var value = 0;
                    var end = Math.Min(body.Length, i + 3);
                    for (; i < end && body[i] is >= '0' and <= '7'; i++)
                    {
                        value = (value * 8) + body[i] - '0';
                    }

                    i--;
                    text.Append((char)value);
                    break;
                case 'N':
                    throw source.Unsupported(line, "the escape '\\N'", "\\n, \\t, \\x, \\u, \\U and Python's other escapes");
                default:
                    var simple = "\\'\"abfnrtv".IndexOf(escape, StringComparison.Ordinal);
                    text.Append(simple < 0 ? $"\\{escape}" : $"{"\\'\"\a\b\f\n\r\t\v"[simple]}");
                    break;
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> rest, int digits, TemplateSource source, int line)
    {
        if (rest.Length < digits || !uint.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) || value > 0x10FFFF)
        {
            throw source.Syntax(line, "a broken \\x, \\u or \\U in a text", "2, 4 or 8 hexadecimal digits up to 10ffff");
        }

        if (value > char.MaxValue)
        {
            text.Append(char.ConvertFromUtf32((int)value));
        }
        else
        {
            text.Append((char)value);
        }
    }
}
