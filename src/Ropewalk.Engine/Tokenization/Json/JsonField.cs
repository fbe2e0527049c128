using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>One value of a JSON file together with where it stands, so that each complaint names file and field.</summary>
internal readonly struct JsonField
{
    private readonly JsonElement _element;
    private readonly string _parent;
    private readonly string? _name;
    private readonly int _index;

    private JsonField(string file, string parent, string? name, int index, JsonElement element)
    {
        File = file;
        _parent = parent;
        _name = name;
        _index = index;
        _element = element;
    }

    /// <summary>The file's name, as complaints print it.</summary>
    public string File { get; }

    /// <summary>Dotted path inside the file; composed on demand, since a vocabulary has 100,000 fields.</summary>
    public string Path
    {
        get
        {
            var name = _name is null ? "" : Short(_name);
            return _index >= 0 ? $"{_parent}[{_index}]" : _parent.Length == 0 ? name : $"{_parent}.{name}";
        }
    }

    public JsonValueKind Kind => _element.ValueKind;

    public static JsonField Root(string file, JsonElement element) => new(file, "", null, -1, element);

    /// <summary>The member, or null where it is absent or JSON null.</summary>
    public JsonField? Optional(string name)
    {
        Expect(JsonValueKind.Object, "an object");
        return _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonField(File, Path, name, -1, value)
            : null;
    }

    public JsonField Required(string name) =>
        Optional(name) ?? throw new CheckpointFormatException(File, Path.Length == 0 ? name : $"{Path}.{name}", "nothing", "a value");

    public IEnumerable<JsonField> Items()
    {
        Expect(JsonValueKind.Array, "an array");
        return ItemsCore(this);
    }

    public IEnumerable<(string Name, JsonField Value)> Members()
    {
        Expect(JsonValueKind.Object, "an object");
        return MembersCore(this);
    }

    /// <summary>Number of items or members.</summary>
    public int Count => _element.ValueKind switch
    {
        JsonValueKind.Array => _element.GetArrayLength(),
        JsonValueKind.Object => _element.GetPropertyCount(),
        _ => 0,
    };

    public string String()
    {
        Expect(JsonValueKind.String, "a string");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("a string with half of a surrogate pair", "well-formed text");
        }
    }

    public bool Bool() => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("true or false"),
    };

    public int Int() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var value)
            ? value
            : throw Error("a whole number below 2^31");

    /// <summary>The value as a node of its own.</summary>
    public JsonNode? ToNode() => JsonSerializer.SerializeToNode(_element);

    /// <summary>A finite number.</summary>
    public double Number() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var value) && double.IsFinite(value)
            ? value
            : throw Error("a finite number");

    /// <summary>Bytes as base64.</summary>
    public byte[] Base64()
    {
        var text = String();
        return System.Buffers.Text.Base64.IsValid(text) ? Convert.FromBase64String(text) : throw Error("base64");
    }

    public bool BoolOr(string name, bool absent) => Optional(name)?.Bool() ?? absent;

    /// <summary>The name of a component: its "type".</summary>
    public string Type() => Required("type").String();

    /// <summary>The complaint that this value is not what was expected.</summary>
    public CheckpointFormatException Error(string expected) => Error(Describe(), expected);

    public CheckpointFormatException Error(string found, string expected) => new(File, Path, found, expected);

    /// <summary>The complaint that this component is not ours.</summary>
    public UnsupportedCheckpointException Unsupported(string found, string supported) => new(File, Path, found, supported);

    /// <summary>Cuts and cleans a text for a one-line message.</summary>
    public static string Short(string text)
    {
        var cut = text.Length > 60 ? text[..60] + "..." : text;
        return string.Create(cut.Length, cut, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) || from[i] is '\u2028' or '\u2029' ? '?' : from[i];
            }
        });
    }

    private static IEnumerable<JsonField> ItemsCore(JsonField field)
    {
        var path = field.Path;
        var i = 0;
        foreach (var item in field._element.EnumerateArray())
        {
            yield return new JsonField(field.File, path, null, i++, item);
        }
    }

    private static IEnumerable<(string Name, JsonField Value)> MembersCore(JsonField field)
    {
        var path = field.Path;
        foreach (var member in field._element.EnumerateObject())
        {
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                throw field.Error("a name with half of a surrogate pair", "well-formed text");
            }

            yield return (name, new JsonField(field.File, path, name, -1, member.Value));
        }
    }

    private void Expect(JsonValueKind kind, string expected)
    {
        if (_element.ValueKind != kind)
        {
            throw Error(expected);
        }
    }

    private string Describe() => _element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "the string \"" + Short(String()) + "\"",
        JsonValueKind.Null => "null",
        _ => Short(_element.GetRawText()),
    };
}
