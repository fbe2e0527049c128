using System.Text;

namespace Ropewalk.Positions;

/// <summary>Writes canonical specs: name:value,key=value with the options that differ from their defaults, in a fixed order.</summary>
internal static class SpecText
{
    /// <summary>A spec with a main value.</summary>
    public static string Of(string name, double value, params ReadOnlySpan<(string Key, object? Value, object? Default)> options) =>
        Append(new StringBuilder(name).Append(':').Append(Require.Number(value)), ',', options);

    /// <summary>A spec of options alone; those without a default are always written.</summary>
    public static string OfOptions(string name, params ReadOnlySpan<(string Key, object? Value, object? Default)> options) =>
        Append(new StringBuilder(name), ':', options);

    private static string Append(StringBuilder text, char separator, ReadOnlySpan<(string Key, object? Value, object? Default)> options)
    {
        foreach (var option in options)
        {
            if (option.Value is not null && !Text(option.Value).Equals(Text(option.Default), StringComparison.Ordinal))
            {
                text.Append(separator).Append(option.Key).Append('=').Append(Text(option.Value));
                separator = ',';
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
        string word => word,
        _ => throw new ArgumentException($"an option is a number, a word or a flag, not {value.GetType()}", nameof(value)),
    };
}
