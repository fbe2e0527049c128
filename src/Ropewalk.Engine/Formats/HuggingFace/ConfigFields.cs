using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Typed reading of a JSON object's fields, with file and field in every error. A field that is null counts as absent; a value of
/// another kind is never converted ("32" is no number, 2.0 no integer).</summary>
public sealed class ConfigFields
{
    private readonly JsonElement element;
    private readonly string file;
    private readonly string prefix;

    /// <summary>Reads an object's fields.</summary>
    /// <param name="element">A JSON object from <see cref="JsonFile"/>.</param>
    /// <param name="file">File to name in errors.</param>
    /// <param name="prefix">Path of the object in the file, ending in a dot; empty for the root.</param>
    /// <exception cref="CheckpointFormatException">The element is no object.</exception>
    public ConfigFields(JsonElement element, string file, string prefix = "")
    {
        this.element = element;
        this.file = file;
        this.prefix = prefix;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointFormatException(file, prefix.Length == 0 ? "content" : prefix.TrimEnd('.'), Describe(element), "an object");
        }
    }

    /// <summary>The file that errors name.</summary>
    public string File => file;

    /// <summary>Names of all fields.</summary>
    public IEnumerable<string> Names => element.EnumerateObject().Select(property => property.Name);

    /// <summary>True if the field is there and not null.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>An integer that must be there.</summary>
    public int RequiredInt(string name, int minimum, int maximum) =>
        OptionalInt(name, minimum, maximum) ?? Missing<int>(name, IntegerRange(minimum, maximum));

    /// <summary>An integer, or null if it is absent.</summary>
    public int? OptionalInt(string name, int minimum, int maximum)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number) || number < minimum || number > maximum)
        {
            Wrong(name, value, IntegerRange(minimum, maximum));
            return null;
        }

        return number;
    }

    /// <summary>A finite number that must be there.</summary>
    public double RequiredDouble(string name, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        OptionalDouble(name, minimum, maximum) ?? Missing<double>(name, NumberRange(minimum, maximum));

    /// <summary>A finite number, or null if it is absent. For "greater than 0" give <see cref="double.Epsilon"/> as the minimum.</summary>
    public double? OptionalDouble(string name, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        TryGet(name, out var value) ? ToDouble(name, value, minimum, maximum) : null;

    /// <summary>True, false, or null if it is absent.</summary>
    public bool? OptionalBool(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong(name, value, "true or false");
        }

        return value.GetBoolean();
    }

    /// <summary>A text that must be there.</summary>
    public string RequiredString(string name) => OptionalString(name) ?? Missing<string>(name, "a text in quotes");

    /// <summary>A text, or null if it is absent.</summary>
    public string? OptionalString(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Wrong(name, value, "a text in quotes");
        }

        return value.GetString();
    }

    /// <summary>A list of integers, or one integer in place of a list of one (eos_token_id comes both ways); null if absent.</summary>
    public int[]? OptionalIntOrList(string name, int minimum, int maximum)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, i) => Item(item, $"{name}[{i}]"))]
            : [Item(value, name)];

        int Item(JsonElement item, string itemName)
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out var number) || number < minimum || number > maximum)
            {
                Wrong(itemName, item, IntegerRange(minimum, maximum));
                return 0;
            }

            return number;
        }
    }

    /// <summary>A list of numbers (rescale factors), or null if it is absent.</summary>
    public double[]? OptionalDoubleList(string name, double minimum = double.MinValue, double maximum = double.MaxValue) =>
        TryGetList(name, "a list of numbers", out var list)
            ? [.. list.EnumerateArray().Select((item, i) => ToDouble($"{name}[{i}]", item, minimum, maximum))]
            : null;

    /// <summary>A list of texts, or null if it is absent.</summary>
    public string[]? OptionalStringList(string name)
    {
        if (!TryGetList(name, "a list of texts", out var list))
        {
            return null;
        }

        return [.. list.EnumerateArray().Select((item, i) =>
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                Wrong($"{name}[{i}]", item, "a text in quotes");
            }

            return item.GetString()!;
        })];
    }

    /// <summary>The fields of an object inside, or null if it is absent.</summary>
    public ConfigFields? OptionalObject(string name) =>
        TryGet(name, out var value) ? new ConfigFields(value, file, $"{prefix}{name}.") : null;

    /// <summary>The raw value, if it is there and not null.</summary>
    public bool TryGet(string name, out JsonElement value) =>
        element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Throws the error for a field whose value is of the right kind but does not fit the others.</summary>
    [DoesNotReturn]
    public void Throw(string name, string found, string expected) =>
        throw new CheckpointFormatException(file, prefix + name, found, expected);

    private static string IntegerRange(int minimum, int maximum) => $"an integer from {minimum} to {maximum}";

    private static string NumberRange(double minimum, double maximum) => (minimum, maximum) switch
    {
        (double.MinValue, double.MaxValue) => "a number",
        (double.Epsilon, double.MaxValue) => "a number greater than 0",
        (_, double.MaxValue) => $"a number of at least {minimum}",
        (double.Epsilon, _) => $"a number greater than 0 and at most {maximum}",
        _ => $"a number from {minimum} to {maximum}",
    };

    /// <summary>A value for a message: as the file spells it, cut.</summary>
    private static string Describe(JsonElement value)
    {
        const int Shown = 60;
        var raw = value.GetRawText();
        var text = Printable.OneLine(raw, Shown);
        return value.ValueKind switch
        {
            JsonValueKind.String => $"the text {text}",
            JsonValueKind.Array => $"the list {text}",
            JsonValueKind.Object => $"the object {text}",
            _ => text,
        };
    }

    private bool TryGetList(string name, string expected, out JsonElement list)
    {
        if (!TryGet(name, out list))
        {
            return false;
        }

        if (list.ValueKind != JsonValueKind.Array)
        {
            Wrong(name, list, expected);
        }

        return true;
    }

    private double ToDouble(string name, JsonElement value, double minimum, double maximum)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number)
            || !double.IsFinite(number) || number < minimum || number > maximum)
        {
            Wrong(name, value, NumberRange(minimum, maximum));
            return 0;
        }

        return number;
    }

    [DoesNotReturn]
    private T Missing<T>(string name, string expected) =>
        throw new CheckpointFormatException(file, prefix + name, "no such field", expected);

    [DoesNotReturn]
    private void Wrong(string name, JsonElement value, string expected) => Throw(name, Describe(value), expected);
}
