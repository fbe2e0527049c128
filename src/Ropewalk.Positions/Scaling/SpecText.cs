using System.Text;

namespace Ropewalk.Positions.Scaling;

/// <summary>Writes canonical specs: name:value,key=value with the options that differ from their defaults, in a fixed order.</summary>
internal static class SpecText
{
    public static string Of(string name, double value, params ReadOnlySpan<(string Key, object? Value, object? Default)> options)
    {
        var text = new StringBuilder(name).Append(':').Append(Require.Number(value));
        foreach (var option in options)
        {
            if (option.Value is not null && !Text(option.Value).Equals(Text(option.Default), StringComparison.Ordinal))
            {
                text.Append(',').Append(option.Key).Append('=').Append(Text(option.Value));
            }
        }

        return text.ToString();
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        true => "true",
        false => "false",
        double number => Require.Number(number),
        int number => Require.Number(number),
        _ => throw new ArgumentException($"an option is a number or a flag, not {value.GetType()}", nameof(value)),
    };
}
