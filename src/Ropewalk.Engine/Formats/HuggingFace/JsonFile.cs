using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>Reads a JSON file of a stranger: strict JSON (as the standard has it: no NaN, no comments), UTF-8, each key once,
/// every number finite, every text whole. What passes can be read with <see cref="JsonElement"/>'s getters without surprises.</summary>
public static class JsonFile
{
    /// <summary>Enough for every config.json and index seen, and little enough to refuse a wrong file quickly.</summary>
    public const long ConfigMaximumBytes = 16 << 20;

    private const string Expected = "a JSON file";
    private const int MaximumDepth = 64;

    /// <summary>Reads a file completely; a UTF-8 byte order mark is allowed.</summary>
    /// <param name="path">File, named so in errors.</param>
    /// <param name="maximumBytes">A longer file is refused before it is read.</param>
    /// <returns>The root, an object or a list, independent of any buffer.</returns>
    /// <exception cref="CheckpointFormatException">The file cannot be read or is not such JSON.</exception>
    /// <exception cref="UnsupportedCheckpointException">The file is of another kind, e.g. an archive.</exception>
    public static JsonElement Read(string path, long maximumBytes = ConfigMaximumBytes)
    {
        ReadOnlySpan<byte> bytes = RegularFile.ReadAll(path, Expected, maximumBytes);
        var bomBytes = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        bytes = bytes[bomBytes..];
        if (bytes.TrimStart(" \t\r\n"u8).IsEmpty)
        {
            throw new CheckpointFormatException(path, "content", "an empty file", Expected);
        }

        ForeignContent.ThrowIfKnown(path, bytes[..Math.Min(bytes.Length, ForeignContent.SniffBytes)], Expected);
        if (!Utf8.IsValid(bytes))
        {
            throw new CheckpointFormatException(path, $"byte {bomBytes + Utf8Text.FirstInvalid(bytes)}", "bytes that are not UTF-8", "UTF-8 text");
        }

        CheckTokens(path, bytes, bomBytes);
        try
        {
            return JsonElement.Parse(bytes, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaximumDepth });
        }
        catch (JsonException)
        {
            // The tokens are sound, so what remains is a key given twice.
            throw DuplicateKey(path, bytes, bomBytes);
        }
    }

    /// <summary>One pass over the tokens finds what the document parser lets through until a getter trips over it.</summary>
    private static void CheckTokens(string path, ReadOnlySpan<byte> json, int bomBytes)
    {
        // Told that more may come, the reader says "nothing more" for a file that ends too early and throws only for wrong text.
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = MaximumDepth }));
        var isComplete = false;
        try
        {
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 0, TokenType: not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.EndObject or JsonTokenType.EndArray) })
                {
                    throw new CheckpointFormatException(path, Where(reader.TokenStartIndex), "a lone value", "an object or a list");
                }

                isComplete = reader.CurrentDepth == 0 && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
                if (reader.TokenType == JsonTokenType.Number && !(reader.TryGetDouble(out var number) && double.IsFinite(number)))
                {
                    throw new CheckpointFormatException(path, Where(reader.TokenStartIndex),
                        Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]), "a number within the range of a double");
                }

                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped && !IsText(ref reader))
                {
                    throw new CheckpointFormatException(path, Where(reader.TokenStartIndex), "a \\u escape that is half of a character", "text");
                }
            }
        }
        catch (JsonException e)
        {
            // The depth of the last token that was read: the one too deep is the next.
            var isDeep = reader.CurrentDepth >= MaximumDepth - 1;
            throw new CheckpointFormatException(path, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}",
                isDeep ? $"more than {MaximumDepth} levels of nesting" : $"text that is not JSON ({Near(json, (int)reader.BytesConsumed)})",
                "standard JSON (NaN, Infinity, comments and trailing commas are not)");
        }

        if (!isComplete)
        {
            throw new CheckpointFormatException(path, Where(json.Length), "the end of the file", "the rest of the JSON; is the download complete?");
        }

        string Where(long offset) => $"byte {bomBytes + offset}";
    }

    private static bool IsText(ref Utf8JsonReader reader)
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

    /// <summary>The text from where the trouble begins, for a message.</summary>
    private static string Near(ReadOnlySpan<byte> json, int offset)
    {
        var rest = json[Math.Min(offset, json.Length)..].TrimStart(" \t\r\n,:"u8);
        return $"near '{Printable.OneLine(Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, 24)]))}'";
    }

    /// <summary>Walks again, remembering the keys of each open object; done only to name the one that was refused.</summary>
    private static CheckpointFormatException DuplicateKey(string path, ReadOnlySpan<byte> json, int bomBytes)
    {
        var open = new Stack<HashSet<string>>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaximumDepth });
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName when !open.Peek().Add(reader.GetString()!):
                    return new CheckpointFormatException(path, $"byte {bomBytes + reader.TokenStartIndex}",
                        $"the key '{Printable.OneLine(reader.GetString()!, 80)}' twice in one object", "each key once");
            }
        }

        return new CheckpointFormatException(path, "content", "a key twice in one object", "each key once");
    }
}
