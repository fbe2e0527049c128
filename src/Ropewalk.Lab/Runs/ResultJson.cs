using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ropewalk.Lab.Runs;

/// <summary>How results are written as JSON: snake_case keys, numbers that read back to the same bits, null for what is not finite.</summary>
public static class ResultJson
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new FiniteConverter(), new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private static readonly JsonSerializerOptions s_strict = new(s_options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
    };

    /// <summary>An object as indented JSON.</summary>
    public static string Serialize(object value) => JsonSerializer.Serialize(value, s_options) + "\n";

    /// <summary>An object with further keys at its end.</summary>
    public static object With(object value, params (string Key, object Value)[] more)
    {
        var all = Element(value).EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value, StringComparer.Ordinal);
        foreach (var (key, added) in more)
        {
            all.Add(key, added);
        }

        return all;
    }

    /// <summary>An object as it would be read back.</summary>
    public static JsonElement Element(object value) => JsonSerializer.SerializeToElement(value, s_options);

    /// <summary>The object of a JSON that <see cref="Serialize"/> wrote; a key too many or too few is an error.</summary>
    /// <exception cref="JsonException">It is another's.</exception>
    public static T Deserialize<T>(JsonElement json) =>
        json.Deserialize<T>(s_strict) ?? throw new JsonException("found null");

    private sealed class FiniteConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
