using System.Globalization;

namespace Ropewalk.Benchmarks;

/// <summary>The arguments of a command: NAME VALUE pairs and flags among them.</summary>
internal static class Options
{
    /// <summary>The value after <paramref name="name"/>.</summary>
    public static string Text(this string[] args, string name, string otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : at + 1 < args.Length ? args[at + 1] : throw new FormatException($"{name}: found nothing after it, expected a value");
    }

    /// <summary>The number after <paramref name="name"/>, 1 or more.</summary>
    public static int Number(this string[] args, string name, int otherwise)
    {
        var text = args.Text(name, otherwise.ToString(CultureInfo.InvariantCulture));
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name}: found '{text}', expected a whole number above 0");
    }
}
