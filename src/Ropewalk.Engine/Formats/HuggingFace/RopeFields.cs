using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>One JSON object of a config, read key by key; a value of null counts as absent, as it does in Python. Remembers what was read.</summary>
internal sealed class RopeFields(string file, string prefix, IReadOnlyDictionary<string, JsonElement> values)
{
    private readonly HashSet<string> read = new(StringComparer.Ordinal);

    /// <summary>Keys that nobody asked for.</summary>
    public IEnumerable<string> Unread => values.Keys.Where(k => !read.Contains(k) && values[k].ValueKind != JsonValueKind.Null).Order(StringComparer.Ordinal);

    public string Name(string key) => prefix + key;

    public bool Has(string key) => Get(key) is not null;

    public JsonElement? Get(string key)
    {
        read.Add(key);
        return values.TryGetValue(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public double? Positive(string key) => Number(key, number => number > 0, "a finite number above 0");

    public double? NotNegative(string key) => Number(key, number => number >= 0, "a finite number of at least 0");

    public double RequiredPositive(string key) => Positive(key) ?? Missing<double>(key, "a finite number above 0");

    /// <summary>A whole number of at least 1; 4096.0 counts as whole.</summary>
    public int? Count(string key) =>
        (int?)Number(key, number => number >= 1 && number <= int.MaxValue && number == Math.Floor(number), "a whole number of at least 1 (31 bits)");

    public int RequiredCount(string key) => Count(key) ?? Missing<int>(key, "a whole number of at least 1");

    public bool? Flag(string key) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => Fail<bool>(key, Shown(other), "true or false"),
    };

    public string? Text(string key) => Get(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => Fail<string>(key, Shown(other), "a string"),
    };

    /// <summary>A list of exactly <paramref name="pairs"/> numbers, each finite and above 0.</summary>
    public ImmutableArray<double> Factors(string key, int pairs)
    {
        var list = Get(key) ?? Missing<JsonElement>(key, $"a list of {pairs} numbers (one per rotated pair)");
        if (list.ValueKind != JsonValueKind.Array)
        {
            Fail<int>(key, Shown(list), $"a list of {pairs} numbers (one per rotated pair)");
        }

        if (list.GetArrayLength() != pairs)
        {
            Fail<int>(key, $"{list.GetArrayLength()} entries", $"{pairs} (one per rotated pair)");
        }

        var factors = ImmutableArray.CreateBuilder<double>(pairs);
        foreach (var entry in list.EnumerateArray())
        {
            factors.Add(Finite(entry) is > 0 and { } factor
                ? factor
                : Fail<double>($"{key}[{factors.Count}]", Shown(entry), "a finite number above 0"));
        }

        return factors.MoveToImmutable();
    }

    [DoesNotReturn]
    public T Fail<T>(string key, string found, string expected) => throw new CheckpointFormatException(file, Name(key), found, expected);

    [DoesNotReturn]
    public T Missing<T>(string key, string expected) => Fail<T>(key, "nothing", expected);

    /// <summary>A JSON value for an error line: cut where it is long.</summary>
    public static string Shown(JsonElement value)
    {
        var text = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= 60 ? text : text[..57] + "...";
    }

    public static string Shown(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double? Finite(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    private double? Number(string key, Func<double, bool> isAllowed, string expected)
    {
        if (Get(key) is not { } value)
        {
            return null;
        }

        return Finite(value) is { } number && isAllowed(number) ? number : Fail<double>(key, Shown(value), expected);
    }
}
