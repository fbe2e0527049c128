using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>strftime_now: the local time in Python's formats, names in English.</summary>
internal static class DateText
{
    private const string Supported = "%a %A %b %B %d %-d %e %f %H %-H %I %-I %j %m %-m %M %p %S %y %Y %F %T %Z %z %%";

    /// <summary>The time in a format.</summary>
    public static TextValue Format(Evaluation run, string format)
    {
        var now = TimeZoneInfo.ConvertTime(run.Clock.GetUtcNow(), run.Clock.LocalTimeZone);
        var text = new StringBuilder();
        run.Create(format.Length * 8L);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            var isBare = i + 1 < format.Length && format[i + 1] == '-';
            i += isBare ? 2 : 1;
            var code = i < format.Length ? format[i] : '\0';
            text.Append(Part(now, code, isBare) ?? throw run.Fail(
                $"strftime_now: the format '%{(isBare ? "-" : "")}{(code == '\0' ? "" : code)}' is not supported; supported: {Supported}"));
        }

        return new TextValue(text.ToString());
    }

    private static string? Part(DateTimeOffset now, char code, bool isBare) => code switch
    {
        'd' => Number(now.Day, 2, isBare),
        'm' => Number(now.Month, 2, isBare),
        'H' => Number(now.Hour, 2, isBare),
        'I' => Number(((now.Hour + 11) % 12) + 1, 2, isBare),
        _ when isBare => null,
        'a' => Name(now, "ddd"),
        'A' => Name(now, "dddd"),
        'b' => Name(now, "MMM"),
        'B' => Name(now, "MMMM"),
        'e' => now.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'f' => Name(now, "ffffff"),
        'j' => Number(now.DayOfYear, 3, isBare),
        'M' => Number(now.Minute, 2, isBare),
        'p' => now.Hour < 12 ? "AM" : "PM",
        'S' => Number(now.Second, 2, isBare),
        'y' => Number(now.Year % 100, 2, isBare),
        'Y' => now.Year.ToString(CultureInfo.InvariantCulture),
        'F' => Name(now, "yyyy-MM-dd"),
        'T' => Name(now, "HH:mm:ss"),

        // datetime.now() of Python knows no zone, and prints nothing for it.
        'z' or 'Z' => "",
        '%' => "%",
        _ => null,
    };

    private static string Number(int value, int digits, bool isBare) =>
        value.ToString(CultureInfo.InvariantCulture).PadLeft(isBare ? 1 : digits, '0');

    private static string Name(DateTimeOffset now, string format) => now.ToString(format, CultureInfo.InvariantCulture);
}
