namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Sums, products and the like as Python has them; whole numbers that leave 64 bits are an error.</summary>
internal static class Arithmetic
{
    /// <summary>"a sign b".</summary>
    public static JinjaValue Apply(Evaluation run, string sign, JinjaValue a, JinjaValue b)
    {
        foreach (var operand in new[] { a, b })
        {
            if (operand is UndefinedValue missing)
            {
                throw run.Fail($"{missing.Problem}, so '{sign}' has no value");
            }
        }

        if (Numbers.ToDouble(a) is { } x && Numbers.ToDouble(b) is { } y)
        {
            return Numbers.ToInteger(a) is { } i && Numbers.ToInteger(b) is { } j ? Integers(run, sign, i, j) : Floats(run, sign, x, y);
        }

        return (sign, a, b) switch
        {
            ("+", TextValue l, TextValue r) => new TextBuilder(run).Append(l).Append(r).ToText(),
            ("+", ListValue { Kind: var kind and (SequenceKind.List or SequenceKind.Tuple) } l, ListValue r) when r.Kind == kind => Join(run, l, r),
            ("*", _, _) when Numbers.ToInteger(b) is { } count && IsRepeatable(a) => Filters.Repeat(run, a, count),
            ("*", _, _) when Numbers.ToInteger(a) is { } count && IsRepeatable(b) => Filters.Repeat(run, b, count),
            ("%", TextValue, _) => throw run.Fail("'%' that puts values into a text is not supported; ~ joins them"),
            _ => throw run.Fail($"'{sign}' does not go with a {a.TypeName} and a {b.TypeName}"),
        };
    }

    /// <summary>"-a".</summary>
    public static JinjaValue Negate(Evaluation run, JinjaValue value) =>
        value is FloatValue f ? new FloatValue(-f.Value) : Apply(run, "-", IntValue.Of(0), RequireNumber(run, "-", value));

    /// <summary>"+a".</summary>
    public static JinjaValue Plus(Evaluation run, JinjaValue value) =>
        value is FloatValue ? value : IntValue.Of(Numbers.ToInteger(RequireNumber(run, "+", value))!.Value);

    private static JinjaValue RequireNumber(Evaluation run, string sign, JinjaValue value) =>
        Numbers.ToDouble(value) is not null ? value
        : throw run.Fail(value is UndefinedValue missing ? $"{missing.Problem}, so '{sign}' has no value" : $"'{sign}' does not go with a {value.TypeName}");

    private static bool IsRepeatable(JinjaValue value) => value is TextValue or ListValue { Kind: SequenceKind.List or SequenceKind.Tuple };

    private static ListValue Join(Evaluation run, ListValue a, ListValue b)
    {
        run.CreateItems((long)a.Items.Count + b.Items.Count);
        return new ListValue([.. a.Items, .. b.Items], a.Kind);
    }

    private static JinjaValue Integers(Evaluation run, string sign, long a, long b)
    {
        if (b == 0 && sign is "/" or "//" or "%")
        {
            throw run.Fail($"'{sign}' by zero");
        }

        try
        {
            return sign switch
            {
                "+" => IntValue.Of(checked(a + b)),
                "-" => IntValue.Of(checked(a - b)),
                "*" => IntValue.Of(checked(a * b)),
                "/" => new FloatValue((double)a / b),
                "//" => IntValue.Of(checked(a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0)),
                "%" => IntValue.Of(b == -1 ? 0 : a % b + (a % b != 0 && (a < 0) != (b < 0) ? b : 0)),
                _ => b < 0 ? Floats(run, sign, a, b) : IntValue.Of(Power(a, b)),
            };
        }
        catch (OverflowException)
        {
            throw run.Fail($"'{sign}' gives a whole number of more than 64 bits");
        }
    }

    private static long Power(long number, long exponent)
    {
        var power = 1L;
        while (true)
        {
            if ((exponent & 1) != 0)
            {
                power = checked(power * number);
            }

            exponent >>= 1;
            if (exponent == 0)
            {
                return power;
            }

            // 0, 1 and -1 stay; any other square of a square leaves 64 bits before it could take long.
            number = checked(number * number);
        }
    }

    private static FloatValue Floats(Evaluation run, string sign, double a, double b)
    {
        if (b == 0 && sign is "/" or "//" or "%")
        {
            throw run.Fail($"'{sign}' by zero");
        }

        if (sign == "**" && ((a == 0 && b < 0) || (a < 0 && double.IsFinite(b) && b != Math.Floor(b))))
        {
            throw run.Fail("'**' has no value for these numbers");
        }

        return new FloatValue(sign switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor((a - Modulo(a, b)) / b),
            "%" => Modulo(a, b),
            _ => Math.Pow(a, b),
        });
    }

    /// <summary>The remainder with the divisor's sign.</summary>
    private static double Modulo(double a, double b)
    {
        var remainder = a % b;
        return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
    }
}
