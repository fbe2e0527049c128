using System.Text.Json;
using System.Text.Unicode;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Embedding;

/// <summary>JSON lines: one object a line, blank lines and a byte order mark passed over. Every text is whole, so that it can be read without surprises.</summary>
public static class JsonLines
{
    /// <summary>The objects and their lines' numbers, counted from 1.</summary>
    /// <param name="path">For errors.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="CheckpointFormatException">A line is no object, or holds what is no text.</exception>
    public static IEnumerable<(int Line, JsonElement Object)> Read(string path, ReadOnlyMemory<byte> bytes)
    {
        bytes = bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        for (var line = 1; bytes.Length > 0; line++)
        {
            var end = bytes.Span.IndexOf((byte)'\n');
            var text = end < 0 ? bytes : bytes[..end];
            bytes = end < 0 ? default : bytes[(end + 1)..];
            if (text.Span.Trim(" \t\r"u8).Length > 0)
            {
                yield return (line, Parse(path, line, text));
            }
        }
    }

    private static JsonElement Parse(string path, int line, ReadOnlyMemory<byte> text)
    {
        try
        {
            RequireText(path, line, text.Span);
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new CheckpointFormatException(path, $"line {line}", $"{document.RootElement.ValueKind}", "an object");
        }
        catch (JsonException e)
        {
            throw new CheckpointFormatException(path, $"line {line}", Printable.OneLine(e.Message, 120), "an object");
        }
    }

    /// <summary>The document's parser lets through what its getters trip over.</summary>
    private static void RequireText(string path, int line, ReadOnlySpan<byte> text)
    {
        if (!Utf8.IsValid(text))
        {
            throw new CheckpointFormatException(path, $"line {line}", "bytes that are not UTF-8", "UTF-8 text");
        }

        var reader = new Utf8JsonReader(text);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsWhole(ref reader))
            {
                throw new CheckpointFormatException(path, $"line {line}", "a \\u escape that is half of a character", "text");
            }
        }
    }

    private static bool IsWhole(ref Utf8JsonReader reader)
    {
        try
        {
            _ = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
