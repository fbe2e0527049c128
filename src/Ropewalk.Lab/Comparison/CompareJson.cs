using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Lab.Comparison;

/// <summary>How the records of a comparison are written and read: a line is the first 8 hexadecimal digits of the SHA-256 of its JSON, a space, the JSON.
/// Numbers read back to the same bits.</summary>
internal static class CompareJson
{
    private const int DigestLength = 8;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions s_indented = new(s_json) { WriteIndented = true, NewLine = "\n" };

    /// <summary>A file of its own.</summary>
    public static string File<T>(T value) => JsonSerializer.Serialize(value, s_indented) + "\n";

    /// <summary>A line with its digest and line feed.</summary>
    public static byte[] Line<T>(T value)
    {
        var json = JsonSerializer.Serialize(value, s_json);
        return Encoding.UTF8.GetBytes($"{Digest(Encoding.UTF8.GetBytes(json))} {json}\n");
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged.</exception>
    public static T ReadFile<T>(string path, ReadOnlySpan<byte> json, string expected)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, s_json) ?? throw new CheckpointFormatException(path, "file", "null", expected);
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(path, "file", $"something else ({Printable.OneLine(e.Path ?? "no JSON")})", expected);
        }
    }

    /// <summary>Reads a line without its line feed; false where it is not what was written.</summary>
    public static bool TryReadLine<T>(ReadOnlySpan<byte> line, out T? value)
        where T : class
    {
        value = null;
        if (line.Length <= DigestLength + 1 || Digest(line[(DigestLength + 1)..]) != Encoding.ASCII.GetString(line[..DigestLength]))
        {
            return false;
        }

        try
        {
            value = JsonSerializer.Deserialize<T>(line[(DigestLength + 1)..], s_json);
            return value is not null;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Digest(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json))[..DigestLength];
}
