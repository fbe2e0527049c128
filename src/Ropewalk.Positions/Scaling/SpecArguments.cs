using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ropewalk.Positions.Scaling;

/// <summary>The value and the options of one scaling spec. Each option is read once; what nobody read is an error.</summary>
internal sealed class SpecArguments
{
    private readonly string spec;
    private readonly string form;
    private readonly string? value;
    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private bool valueRead;

    /// <summary>Splits "value,key=value,..."; <paramref name="text"/> is null where the spec had no colon.</summary>
    public SpecArguments(string spec, string form, string? text)
    {
        this.spec = spec;
        this.form = form;
        var parts = text?.Split(',') ?? [];
        var first = 0;
        if (parts.Length > 0 && !parts[0].Contains('=', StringComparison.Ordinal))
        {
            value = parts[0];
            first = 1;
        }

        foreach (var part in parts[first..])
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                Fail($"'{part}' is not key=value");
            }

            if (!options.TryAdd(part[..equals], part[(equals + 1)..]))
            {
                Fail($"'{part[..equals]}' is given twice");
            }
        }
    }

    /// <summary>The main value where it is a scale: below 1 it would shrink the window.</summary>
    public double Factor()
    {
        var factor = Value();
        if (factor < 1)
        {
            Fail($"factor {Require.Number(factor)} is below 1");
        }

        return factor;
    }

    /// <summary>The main value, above 0.</summary>
    public double Value()
    {
        valueRead = true;
        if (value is null)
        {
            Fail("its number is missing");
        }

        return Parse("value", value, allowZero: false);
    }

    public double Number(string key, double fallback) => OptionalNumber(key) ?? fallback;

    public double NumberOrZero(string key, double fallback) => OptionalNumberOrZero(key) ?? fallback;

    public double? OptionalNumber(string key) => options.Remove(key, out var text) ? Parse(key, text, allowZero: false) : null;

    public double? OptionalNumberOrZero(string key) => options.Remove(key, out var text) ? Parse(key, text, allowZero: true) : null;

    public bool Flag(string key, bool fallback)
    {
        if (!options.Remove(key, out var text))
        {
            return fallback;
        }

        if (text is not ("true" or "false"))
        {
            Fail($"{key} is '{text}', not true or false");
        }

        return text is "true";
    }

    /// <summary>Complains about everything that no method asked for.</summary>
    public void Finish()
    {
        if (options.Count > 0)
        {
            Fail($"unknown option '{options.Keys.First()}'");
        }

        if (value is not null && !valueRead)
        {
            Fail("it takes no value");
        }
    }

    [DoesNotReturn]
    public void Fail(string reason) => throw new UserInputException($"--scaling {spec}: {reason}; allowed: {form}");

    private double Parse(string key, string text, bool allowZero)
    {
        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingSign;
        if (!double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number) || number < 0 || (number == 0 && !allowZero))
        {
            Fail($"{key} is '{text}', not a finite number {(allowZero ? "of at least" : "above")} 0");
        }

        return number;
    }
}
