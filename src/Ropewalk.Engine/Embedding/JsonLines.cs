using System.Text.Json;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Embedding;

/// <summary>JSON lines: one object a line, blank lines passed over.</summary>
public static class JsonLines
{
    /// <summary>The objects and their lines' numbers, counted from 1.</summary>
    /// <param name="path">For errors.</param>
    /// <param name="bytes">The file.</param>
    /// <exception cref="CheckpointFormatException">A line is no object.</exception>
    public static IEnumerable<(int Line, JsonElement Object)> Read(string path, ReadOnlyMemory<byte> bytes)
    {
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
}
