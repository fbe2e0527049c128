using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ropewalk.Positions;

/// <summary>The value and the options of one spec. Each option is read once; what nobody read is an error.</summary>
internal sealed class SpecArguments
{
    private readonly string origin;
    private readonly string form;
    private readonly string? value;
    private readonly Dictionary<string, string> options = new(StringComparer.Ordinal);
    private bool valueRead;

    /// <summary>Splits "value,key=value,...".</summary>
    /// <param name="origin">The flag and the spec as the user wrote them, which begin every complaint.</param>
    /// <param name="form">The allowed form, which ends it.</param>
    /// <param name="text">What follows the colon; null where there is none.</param>
    public SpecArguments(string origin, string form, string? text)
    {
        this.origin = origin;
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

    /// <summary>A number above 0 that must be there.</summary>
    public double RequiredNumber(string key) => Present(key, OptionalNumber(key));

    /// <summary>A whole number of at least <paramref name="minimum"/>, or the fallback where the option is absent.</summary>
    public int Whole(string key, int fallback, int minimum = 1) => OptionalWhole(key, minimum) ?? fallback;

    /// <summary>A whole number of at least 1 that must be there.</summary>
    public int RequiredWhole(string key) => Present(key, OptionalWhole(key));

    public int? OptionalWhole(string key, int minimum = 1) => options.Remove(key, out var text) ? ParseWhole(key, text, minimum) : null;

    /// <summary>Whole numbers of at least 1 with slashes between them; the option must be there.</summary>
    public ImmutableArray<int> RequiredWholes(string key)
    {
        if (!options.Remove(key, out var text))
        {
            Fail($"its {key} is missing");
        }

        return [.. text.Split('/').Select(part => ParseWhole(key, part, 1))];
    }

    /// <summary>One of the named choices, or the first where the option is absent.</summary>
    public T Choice<T>(string key, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        if (!options.Remove(key, out var text))
        {
            return choices[0].Value;
        }

        foreach (var choice in choices)
        {
            if (choice.Name.Equals(text, StringComparison.Ordinal))
            {
                return choice.Value;
            }
        }

        Fail($"{key} is '{text}', not one of its choices");
        return default;
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
    public void Fail(string reason) => throw new UserInputException($"{origin}: {reason}; allowed: {form}");

    private T Present<T>(string key, T? number)
        where T : struct
    {
        if (number is null)
        {
            Fail($"its {key} is missing");
        }

        return number.Value;
    }

    private int ParseWhole(string key, string text, int minimum)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < minimum)
        {
            Fail($"{key} is '{text}', not a whole number of at least {minimum}");
        }

        return number;
    }

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
