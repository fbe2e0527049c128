using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Patterns of tokenizer.json are written for Oniguruma. .NET reads most of them alike; this rewrites or refuses what it would
/// take for something else without a word.</summary>
internal static class RegexDialect
{
    /// <summary>\w in Oniguruma: .NET's has no Roman numerals, no spacing marks, no letters in circles, and no Latin-1 fractions.</summary>
    private const string Word = @"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\u00B2\u00B3\u00B9\u00BC-\u00BE\u24B6-\u24E9";

    /// <summary>The pattern as .NET is to have it. Its ^ and $ are the ends of lines: use RegexOptions.Multiline.</summary>
    /// <exception cref="Formats.UnsupportedCheckpointException">It has no counterpart.</exception>
    public static string Translate(JsonField field)
    {
        var pattern = field.String();
        var result = new StringBuilder(pattern.Length);
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest[0] == '\\' && rest.Length > 1)
            {
                result.Append(Escape(field, rest[1], inClass));
                i++;
                continue;
            }

            if (inClass && (rest[0] == '[' || rest.StartsWith("&&")))
            {
                throw Unsupported(field, "a class within a class");
            }

            if (!inClass && rest.StartsWith("(?") && Options(rest[2..]).IndexOfAny('m', 'x') >= 0)
            {
                throw Unsupported(field, "the option m or x");
            }

            if (!inClass && rest[0] == '[')
            {
                // A bracket that closes at once is a character of the class.
                var start = rest.StartsWith("[^]") ? 3 : rest.StartsWith("[]") ? 2 : rest.StartsWith("[^") ? 2 : 1;
                result.Append(rest[..start]);
                i += start - 1;
                inClass = true;
                continue;
            }

            inClass &= rest[0] != ']';
            result.Append(rest[0]);
        }

        return result.ToString();
    }

    /// <summary>The letters behind "(?".</summary>
    private static ReadOnlySpan<char> Options(ReadOnlySpan<char> rest)
    {
        var end = 0;
        while (end < rest.Length && (char.IsAsciiLetter(rest[end]) || rest[end] == '-'))
        {
            end++;
        }

        return rest[..end];
    }

    private static string Escape(JsonField field, char escaped, bool inClass) => escaped switch
    {
        'w' => inClass ? Word : $"[{Word}]",
        'b' when !inClass => $"(?:(?<=[{Word}])(?![{Word}])|(?<![{Word}])(?=[{Word}]))",
        'B' when !inClass => $"(?:(?<=[{Word}])(?=[{Word}])|(?<![{Word}])(?![{Word}]))",
        'W' when !inClass => $"[^{Word}]",

        // Oniguruma: a hexadecimal digit.
        'h' => inClass ? "0-9A-Fa-f" : "[0-9A-Fa-f]",
        'W' or 'H' => throw Unsupported(field, "\\" + escaped + (inClass ? " in a class" : "")),
        _ => "\\" + escaped,
    };

    private static Formats.UnsupportedCheckpointException Unsupported(JsonField field, string what) =>
        field.Unsupported($"the pattern {JsonField.Short(field.String())} with {what}", "patterns without it");
}
