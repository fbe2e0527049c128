using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>The key-value pairs of a GGUF file in their order, with typed reading: a value of another kind is an error that names file
/// and key. Values are <see cref="byte"/>, <see cref="sbyte"/>, <see cref="ushort"/>, <see cref="short"/>, <see cref="uint"/>,
/// <see cref="int"/>, <see cref="ulong"/>, <see cref="long"/>, <see cref="float"/>, <see cref="double"/>, <see cref="bool"/>,
/// <see cref="string"/>, or an array of one of these.</summary>
/// <param name="file">File to name in errors.</param>
public sealed class GgufMetadata(string file)
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];

    /// <summary>The file that errors name.</summary>
    public string File { get; } = file;

    /// <summary>All keys, in the file's order.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>Adds a pair at the end, or replaces a value in its place.</summary>
    public void Set(string key, object value)
    {
        if (!_values.ContainsKey(key))
        {
            _keys.Add(key);
        }

        _values[key] = value;
    }

    /// <summary>The value as it is stored.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out object? value) => _values.TryGetValue(key, out value);

    /// <summary>Whether the key is there.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>A text, or null if it is absent.</summary>
    public string? OptionalText(string key) => Optional<string>(key, "a text");

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string key) => OptionalText(key) ?? Missing<string>(key, "a text");

    /// <summary>True, false, or null if it is absent.</summary>
    public bool? OptionalBool(string key) => TryGet(key, out var value) ? value as bool? ?? Wrong<bool>(key, "true or false") : null;

    /// <summary>A whole number of any stored width, or null if it is absent.</summary>
    public int? OptionalInt(string key, int minimum, int maximum)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        var number = value switch
        {
            byte n => n,
            sbyte n => n,
            ushort n => n,
            short n => n,
            uint n => n,
            int n => n,
            long n => n,
            ulong n when n <= long.MaxValue => (long)n,
            _ => long.MinValue,
        };
        return number >= minimum && number <= maximum ? (int)number : Wrong<int>(key, $"a whole number from {minimum} to {maximum}");
    }

    /// <summary>A whole number that must be there.</summary>
    public int RequiredInt(string key, int minimum, int maximum) =>
        OptionalInt(key, minimum, maximum) ?? Missing<int>(key, $"a whole number from {minimum} to {maximum}");

    /// <summary>A finite number stored as f32 or f64, or null if it is absent.</summary>
    public double? OptionalNumber(string key, double minimum = double.MinValue, double maximum = double.MaxValue)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        var number = value switch
        {
            float n => n,
            double n => n,
            _ => double.NaN,
        };
        return number >= minimum && number <= maximum ? number : Wrong<double>(key, $"a number from {minimum} to {maximum}");
    }

    /// <summary>A list of texts, or null if it is absent. Not to be changed.</summary>
    public string[]? OptionalTexts(string key) => Optional<string[]>(key, "a list of texts");

    /// <summary>A list of f32, or null if it is absent. Not to be changed.</summary>
    public float[]? OptionalSingles(string key) => Optional<float[]>(key, "a list of f32");

    /// <summary>A list of i32, or null if it is absent. Not to be changed.</summary>
    public int[]? OptionalInts(string key) => Optional<int[]>(key, "a list of i32");

    /// <summary>Throws the error of a value that is there but wrong.</summary>
    [DoesNotReturn]
    public T Wrong<T>(string key, string expected) =>
        throw new CheckpointFormatException(File, key, TryGet(key, out var value) ? Shown(value) : "nothing", expected);

    /// <summary>Throws the error of a key that must be there.</summary>
    [DoesNotReturn]
    public T Missing<T>(string key, string expected) => throw new CheckpointFormatException(File, key, "nothing", expected);

    private static string Shown(object value) => value switch
    {
        string text => $"\"{Printable.OneLine(text, 80)}\"",
        Array list => $"a list of {list.Length} {list.GetType().GetElementType()!.Name}",
        bool b => b ? "true" : "false",
        _ => $"{value} ({value.GetType().Name})",
    };

    /// <summary>The type is compared exactly: .NET would cast a list of u32 to one of i32, whose large numbers are then negative.</summary>
    private T? Optional<T>(string key, string expected)
        where T : class => TryGet(key, out var value) ? (value.GetType() == typeof(T) ? (T)value : Wrong<T>(key, expected)) : null;
}
