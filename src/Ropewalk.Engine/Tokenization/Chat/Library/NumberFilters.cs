using System.Globalization;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    private const int MostDigits = 22;

    /// <summary>The value as a whole number; what is none gives the default.</summary>
    public static JinjaValue Int(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "int", 0, "default", "base");
        var radix = values[1] is null ? 10 : Numbers.ToInteger(values[1]!);
        if (radix is not (2 or 8 or 10 or 16))
        {
            throw run.Fail("int: the base is 2, 8, 10 or 16");
        }

        run.Touch((value as TextValue)?.Text.Length ?? 0);
        return value switch
        {
            TextValue text when Whole(text.Text, (int)radix) is { } whole => IntValue.Of(whole),
            TextValue text when Real(text.Text) is { } real && double.IsFinite(real) => Truncated(run, real),
            FloatValue f when double.IsFinite(f.Value) => Truncated(run, f.Value),
            UndefinedValue missing => throw run.Fail($"{missing.Problem}, so it is no number"),
            _ when Numbers.ToInteger(value) is { } number => IntValue.Of(number),
            FloatValue { Value: var f } when double.IsInfinity(f) => values[0] ?? IntValue.Of(0),
            _ => values[0] ?? IntValue.Of(0),
        };
    }

    /// <summary>The value as a number with a point; what is none gives the default.</summary>
    public static JinjaValue Float(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var absent = arguments.Bind(run, "float", 0, "default")[0] ?? new FloatValue(0);
        run.Touch((value as TextValue)?.Text.Length ?? 0);
        return value switch
        {
            TextValue text => Real(text.Text) is { } real ? new FloatValue(real) : absent,
            UndefinedValue missing => throw run.Fail($"{missing.Problem}, so it is no number"),
            _ => Numbers.ToDouble(value) is { } number ? new FloatValue(number) : absent,
        };
    }

    /// <summary>The value without its sign.</summary>
    public static JinjaValue Abs(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        arguments.Bind(run, "abs", 0);
        return value is FloatValue f ? new FloatValue(Math.Abs(f.Value))
            : Numbers.ToInteger(value) is { } number ? (number < 0 ? Arithmetic.Negate(run, value) : IntValue.Of(number))
            : throw run.Fail($"abs: found a {value.TypeName}, expected a number");
    }

    /// <summary>The number with so many digits behind the point: to the nearest, up or down.</summary>
    public static JinjaValue Round(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "round", 0, "precision", "method");
        var method = values[1] is null ? "common" : TextMethods.RequireText(run, "round", values[1]!).Text;
        var digits = values[0] is null ? 0 : Numbers.ToInteger(values[0]!);
        if (digits is not { } precision || precision is < 0 or > MostDigits || method is not ("common" or "ceil" or "floor"))
        {
            throw run.Fail($"round: expected a precision from 0 to {MostDigits} and the method 'common', 'ceil' or 'floor'");
        }

        var number = Numbers.ToDouble(value) ?? throw run.Fail($"round: found a {value.TypeName}, expected a number");
        if (method == "common")
        {
            return value is FloatValue ? new FloatValue(Nearest(number, (int)precision)) : IntValue.Of(Numbers.ToInteger(value)!.Value);
        }

        var scale = Math.Pow(10, precision);
        return new FloatValue((method == "ceil" ? Math.Ceiling(number * scale) : Math.Floor(number * scale)) / scale);
    }

    /// <summary>The sum of the items, or of an attribute of theirs.</summary>
    public static JinjaValue Sum(Evaluation run, JinjaValue value, CallArguments arguments)
    {
        var values = arguments.Bind(run, "sum", 0, "attribute", "start");
        var sum = values[1] ?? IntValue.Of(0);
        foreach (var item in Iteration.Items(run, value))
        {
            run.Step();
            sum = Arithmetic.Apply(run, "+", sum, values[0] is null or NoneValue ? item : Filters.Attribute(run, item, values[0]!));
        }

        return sum;
    }

    private static IntValue Truncated(Evaluation run, double number) =>
        Math.Abs(number) < 9.2233720368547758E18 ? IntValue.Of((long)number) : throw run.Fail("int: a whole number of more than 64 bits");

    /// <summary>As Python rounds: what lies exactly in the middle goes to the even digit, and only the exact value counts.</summary>
    private static double Nearest(double number, int precision)
    {
        if (precision == 0 || !double.IsFinite(number))
        {
            return Math.Round(number, MidpointRounding.ToEven);
        }

        var scale = Math.Pow(10, precision);
        var twice = number * 2 * scale;
        var isMiddle = Math.FusedMultiplyAdd(number, 2 * scale, -twice) == 0 && Math.Abs(twice % 2) == 1;
        return isMiddle
            ? Math.Round(twice / 2, MidpointRounding.ToEven) / scale
            : double.Parse(number.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string? Digits(string text)
    {
        var end = PythonSpace.TrimEnd(text).Length;
        var start = 0;
        while (start < end && PythonSpace.Is(text[start]))
        {
            start++;
        }

        // Python lets single underscores part digits.
        var digits = text[start..end];
        for (var i = digits.IndexOf('_'); i >= 0; i = digits.IndexOf('_', i + 1))
        {
            if (i == 0 || i == digits.Length - 1 || !char.IsAsciiHexDigit(digits[i - 1]) || !char.IsAsciiHexDigit(digits[i + 1]))
            {
                return null;
            }
        }

        return digits.Replace("_", "");
    }

    private static long? Whole(string text, int radix)
    {
        if (Digits(text) is not { Length: > 0 } digits)
        {
            return null;
        }

        var sign = digits[0] is '-' or '+' ? 1 : 0;
        var rest = digits[sign..];
        var prefix = radix switch { 2 => "0b", 8 => "0o", 16 => "0x", _ => "" };
        rest = rest.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? rest[prefix.Length..] : rest;
        Int128 value = 0;
        foreach (var c in rest)
        {
            if (!char.IsAsciiHexDigit(c) || Convert.ToInt32(c.ToString(), 16) is var digit && digit >= radix || value > long.MaxValue)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        value = digits[0] == '-' ? -value : value;
        return rest.Length > 0 && value >= long.MinValue && value <= long.MaxValue ? (long)value : null;
    }

    private static double? Real(string text)
    {
        if (Digits(text) is not { } digits)
        {
            return null;
        }

        var unsigned = digits.Length > 0 && digits[0] is '-' or '+' ? digits[1..] : digits;
        double? special = unsigned.ToLowerInvariant() switch
        {
            "nan" => double.NaN,
            "inf" or "infinity" => digits[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
            _ => null,
        };
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return special ?? (unsigned.Length > 0 && (char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.')
            && double.TryParse(digits, Style, CultureInfo.InvariantCulture, out var number) ? number : null);
    }
}
