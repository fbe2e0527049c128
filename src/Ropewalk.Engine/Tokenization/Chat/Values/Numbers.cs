using System.Globalization;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Numbers as Python has them: true is 1, an int and a float of one value are equal, a float prints shortest.</summary>
internal static class Numbers
{
    /// <summary>The whole number that an int or a truth value is, or null.</summary>
    public static long? ToInteger(JinjaValue value) => value switch
    {
        IntValue i => i.Value,
        BoolValue b => b.IsTrue ? 1 : 0,
        _ => null,
    };

    /// <summary>The number that a value is, or null.</summary>
    public static double? ToDouble(JinjaValue value) => value is FloatValue f ? f.Value : ToInteger(value);

    /// <summary>Whether both are numbers, and equal.</summary>
    public static bool AreEqual(JinjaValue a, JinjaValue b) => Compare(a, b) == 0;

    /// <summary>Compares two numbers exactly; null where one is no number or NaN.</summary>
    public static int? Compare(JinjaValue a, JinjaValue b)
    {
        if (ToInteger(a) is { } i && ToInteger(b) is { } j)
        {
            return i.CompareTo(j);
        }

        if (ToDouble(a) is not { } x || ToDouble(b) is not { } y || double.IsNaN(x) || double.IsNaN(y))
        {
            return null;
        }

        return a is FloatValue && b is FloatValue ? x.CompareTo(y)
            : a is FloatValue ? -Compare(ToInteger(b)!.Value, x) : Compare(ToInteger(a)!.Value, y);
    }

    /// <summary>A float as Python prints it.</summary>
    public static string Print(double value)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }

        // "R" gives the fewest digits that read back to the same number; where the point goes is Python's rule, not .NET's.
        var shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var scientific = shortest.IndexOf('E');
        var mantissa = scientific < 0 ? shortest : shortest[..scientific];
        var exponent = scientific < 0 ? 0 : int.Parse(shortest.AsSpan(scientific + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var point = mantissa.IndexOf('.');
        var all = mantissa.Replace(".", "");
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var digits = all.TrimStart('0');
        exponent = digits.Length == 0 ? 0 : exponent - (all.Length - digits.Length);
        digits = digits.TrimEnd('0') is { Length: > 0 } significant ? significant : "0";
        return (double.IsNegative(value) ? "-" : "") + Place(digits, exponent);
    }

    private static string Place(string digits, int exponent)
    {
        if (exponent is < -4 or >= 16)
        {
            var rest = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{digits[0]}{rest}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }

        return exponent < 0 ? "0." + new string('0', -exponent - 1) + digits
            : exponent >= digits.Length - 1 ? digits + new string('0', exponent - digits.Length + 1) + ".0"
            : digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>Compares without rounding the whole number to a double.</summary>
    private static int Compare(long whole, double number)
    {
        if (number >= 9.2233720368547758E18)
        {
            return -1;
        }

        if (number < -9.2233720368547758E18)
        {
            return 1;
        }

        var floor = Math.Floor(number);
        var compared = whole.CompareTo((long)floor);
        return compared != 0 ? compared : number > floor ? -1 : 0;
    }
}
