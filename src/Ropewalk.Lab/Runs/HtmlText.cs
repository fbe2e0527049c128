using System.Globalization;
using System.Text;

namespace Ropewalk.Lab.Runs;

/// <summary>Text and numbers for HTML. All text of a report passes through <see cref="Escape"/>.</summary>
internal static class HtmlText
{
    /// <summary>Text that is safe in elements and in quoted attributes. What XML forbids becomes U+FFFD: a name from a
    /// checkpoint may hold anything.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                '\t' or '\n' or '\r' => safe.Append((char)rune.Value),
                < ' ' or (>= 0x7F and < 0xA0) or 0xFFFE or 0xFFFF => safe.Append('\uFFFD'),
                // Directional overrides could make a file name read as another.
                (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => safe.Append('\uFFFD'),
                _ => safe.Append(rune),
            };
        }

        return safe.ToString();
    }

    /// <summary>A number with the given decimals, a dash for what is not finite.</summary>
    public static string Number(double value, int decimals = 0) =>
        double.IsFinite(value) ? Minus(value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : "-";

    /// <summary>A number with about four digits that mean something.</summary>
    public static string Short(double value) => Math.Abs(value) switch
    {
        double.NaN or double.PositiveInfinity => "-",
        0 => "0",
        >= 1e7 or < 1e-4 => Minus(value.ToString("0.##e0", CultureInfo.InvariantCulture)),
        >= 1000 => Number(value),
        >= 100 => Minus(value.ToString("0.#", CultureInfo.InvariantCulture)),
        >= 10 => Minus(value.ToString("0.##", CultureInfo.InvariantCulture)),
        _ => Minus(value.ToString("0.####", CultureInfo.InvariantCulture)),
    };

    /// <summary>A drawing coordinate.</summary>
    public static string Coordinate(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Minus(string number) => number.Replace('-', '\u2212');
}
