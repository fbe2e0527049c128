using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>Reads the JSON header. It is walked token by token, so that every error has its byte and nothing is built
/// from a number before the number was compared with the file.</summary>
internal ref struct SafetensorsHeader
{
    private const int PrefixBytes = 8;

    private readonly string file;
    private readonly long headerBytes;
    private readonly long dataBytes;
    private readonly Dictionary<string, TensorEntry> tensors;
    private readonly Dictionary<string, string> metadata;
    private Utf8JsonReader reader;

    private SafetensorsHeader(string file, ReadOnlySpan<byte> json, long dataBytes,
        Dictionary<string, TensorEntry> tensors, Dictionary<string, string> metadata)
    {
        this.file = file;
        headerBytes = json.Length;
        this.dataBytes = dataBytes;
        this.tensors = tensors;
        this.metadata = metadata;
        reader = new Utf8JsonReader(json);
    }

    private readonly long Offset => PrefixBytes + reader.TokenStartIndex;

    /// <summary>Fills both dictionaries from a header that is followed by <paramref name="dataBytes"/> bytes, or throws.</summary>
    public static void Parse(string file, ReadOnlySpan<byte> json, long dataBytes,
        Dictionary<string, TensorEntry> tensors, Dictionary<string, string> metadata)
    {
        if (!Utf8.IsValid(json))
        {
            SafetensorsThrow.Header(file, PrefixBytes + Utf8Text.FirstInvalid(json), "bytes that are not UTF-8", "UTF-8 text");
        }

        var header = new SafetensorsHeader(file, json, dataBytes, tensors, metadata);
        try
        {
            header.ReadAll();
        }
        catch (JsonException)
        {
            SafetensorsThrow.Header(file, PrefixBytes + header.reader.BytesConsumed, "text that is not JSON, or ends too early",
                "one JSON object, then spaces at most");
        }

        CheckLayout(file, PrefixBytes + json.Length, dataBytes, tensors);
    }

    private void ReadAll()
    {
        Next(JsonTokenType.StartObject, "a JSON object");
        var hasMetadata = false;
        while (ReadKey(SafetensorsLimits.NameBytes, "tensor name") is { } name)
        {
            var offset = Offset;
            if (name == SafetensorsLimits.MetadataKey)
            {
                if (hasMetadata)
                {
                    SafetensorsThrow.Header(file, offset, "__metadata__ twice", "it once");
                }

                hasMetadata = true;
                ReadMetadata();
            }
            else
            {
                if (tensors.ContainsKey(name))
                {
                    SafetensorsThrow.Tensor(file, name, $"header (byte {offset})", "the name twice", "each name once");
                }

                tensors.Add(name, ReadTensor(name));
            }
        }

        // Anything but white space after the object makes the reader throw.
        reader.Read();
    }

    private void ReadMetadata()
    {
        Next(JsonTokenType.StartObject, "__metadata__ to be an object of strings");
        while (ReadKey(int.MaxValue, "__metadata__ key") is { } key)
        {
            Next(JsonTokenType.String, "__metadata__ to hold strings only");
            if (!metadata.TryAdd(key, Text()))
            {
                SafetensorsThrow.Header(file, Offset, "a __metadata__ key twice", "each key once");
            }
        }
    }

    private TensorEntry ReadTensor(string name)
    {
        Next(JsonTokenType.StartObject, "a tensor's dtype, shape and data_offsets");
        StoredType? type = null;
        long[]? shape = null;
        (long Begin, long End)? range = null;
        while (ReadKey(SafetensorsLimits.NameBytes, "key") is { } key)
        {
            var isKnown = key switch
            {
                "dtype" => type is null,
                "shape" => shape is null,
                "data_offsets" => range is null,
                _ => false,
            };
            if (!isKnown)
            {
                SafetensorsThrow.Tensor(file, name, $"header (byte {Offset})",
                    $"the key '{Printable.OneLine(key, 40)}' {(key is "dtype" or "shape" or "data_offsets" ? "twice" : "")}".TrimEnd(), "dtype, shape and data_offsets once each");
            }

            switch (key)
            {
                case "dtype":
                    type = ReadType(name);
                    break;
                case "shape":
                    shape = ReadShape(name);
                    break;
                default:
                    range = ReadRange(name);
                    break;
            }
        }

        if (type is null || shape is null || range is null)
        {
            SafetensorsThrow.Tensor(file, name, type is null ? "dtype" : shape is null ? "shape" : "data_offsets", "nothing", "a value");
        }

        if (!StoredTypes.TryMeasure(type.Value, shape, out var elements, out var lengthBytes))
        {
            SafetensorsThrow.Tensor(file, name, "shape", $"{StoredTypes.NameOf(type.Value)} [{string.Join(", ", shape)}]",
                "a size that fits into 63 bits and fills whole bytes");
        }

        var (begin, end) = range.Value;
        if (end - begin != lengthBytes)
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", $"[{begin}, {end}], {end - begin} bytes",
                $"{lengthBytes} bytes for {StoredTypes.NameOf(type.Value)} [{string.Join(", ", shape)}]");
        }

        return new TensorEntry(name, type.Value, shape, elements, PrefixBytes + headerBytes + begin, lengthBytes);
    }

    private StoredType ReadType(string name)
    {
        Advance();
        if (reader.TokenType != JsonTokenType.String)
        {
            SafetensorsThrow.Tensor(file, name, "dtype", Found(), "the name of a type in quotes");
        }

        var text = reader.ValueSpan.Length <= SafetensorsLimits.NameBytes ? Text() : "a long text";
        if (!StoredTypes.TryParse(text, out var type))
        {
            SafetensorsThrow.Tensor(file, name, "dtype", $"'{Printable.OneLine(text, 40)}'", $"one of {StoredTypes.AllNames}");
        }

        return type;
    }

    private long[] ReadShape(string name)
    {
        Span<long> extents = stackalloc long[SafetensorsLimits.Rank];
        var rank = 0;
        Advance();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            SafetensorsThrow.Tensor(file, name, "shape", Found(), "a list of whole numbers");
        }

        for (Advance(); reader.TokenType != JsonTokenType.EndArray; Advance())
        {
            if (rank == extents.Length)
            {
                SafetensorsThrow.Tensor(file, name, "shape", $"more than {rank} dimensions", $"at most {rank}");
            }

            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var extent) || extent < 0)
            {
                SafetensorsThrow.Tensor(file, name, "shape", Found(), $"whole numbers from 0 to {long.MaxValue}");
                return [];
            }

            extents[rank++] = extent;
        }

        return extents[..rank].ToArray();
    }

    private (long Begin, long End) ReadRange(string name)
    {
        Advance();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", Found(), "a list of two offsets");
        }

        Advance();
        var begin = ReadOffset(name);
        Advance();
        var end = ReadOffset(name);
        Advance();
        if (reader.TokenType != JsonTokenType.EndArray)
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", "more than two values", "two offsets");
        }

        if (begin > end)
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", $"[{begin}, {end}]", "a begin that is not after the end");
        }

        return (begin, end);
    }

    private readonly long ReadOffset(string name)
    {
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetUInt64(out var offset))
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", Found(), "two whole numbers [begin, end]");
            return 0;
        }

        if (offset > (ulong)dataBytes)
        {
            SafetensorsThrow.Tensor(file, name, "data_offsets", $"offset {offset}",
                $"at most {dataBytes}, the bytes after the header; is the download complete?");
        }

        return (long)offset;
    }

    /// <summary>The next key of the current object, or null at its end.</summary>
    private string? ReadKey(int maximumBytes, string what)
    {
        Advance();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return null;
        }

        // An escape takes at most six bytes for one of the name, so this bounds the string before it is made.
        var isLong = reader.ValueSpan.Length / 6 > maximumBytes;
        var key = isLong ? "" : Text();
        if (isLong || Encoding.UTF8.GetByteCount(key) > maximumBytes)
        {
            SafetensorsThrow.Header(file, Offset, $"a {what} of {reader.ValueSpan.Length} bytes", $"at most {maximumBytes}");
        }

        return key;
    }

    /// <summary>The current string or key; an escaped half of a surrogate pair is not text.</summary>
    private readonly string Text()
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            SafetensorsThrow.Header(file, Offset, "a \\u escape that is half of a character", "text");
            return "";
        }
    }

    private void Next(JsonTokenType type, string expected)
    {
        Advance();
        if (reader.TokenType != type)
        {
            SafetensorsThrow.Header(file, Offset, Found(), expected);
        }
    }

    private void Advance()
    {
        if (!reader.Read())
        {
            SafetensorsThrow.Header(file, PrefixBytes + reader.BytesConsumed, "the end of the header", "a complete JSON object");
        }
    }

    /// <summary>The current token for a message.</summary>
    private readonly string Found() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray => "the end of the list",
        JsonTokenType.String => "a text in quotes",
        JsonTokenType.Null => "null",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 40)]),
    };

    /// <summary>Every byte of the data belongs to exactly one tensor: a second file cannot hide in a hole, in an overlap or behind the end.</summary>
    private static void CheckLayout(string file, long dataStart, long dataBytes, Dictionary<string, TensorEntry> tensors)
    {
        var inOrder = tensors.Values.ToArray();
        Array.Sort(inOrder, static (a, b) => a.OffsetBytes != b.OffsetBytes
            ? a.OffsetBytes.CompareTo(b.OffsetBytes)
            : a.LengthBytes.CompareTo(b.LengthBytes));
        var next = dataStart;
        foreach (var tensor in inOrder)
        {
            var difference = tensor.OffsetBytes - next;
            if (difference != 0)
            {
                SafetensorsThrow.Tensor(file, tensor.Name, "data_offsets",
                    $"begin {tensor.OffsetBytes - dataStart}, {(difference > 0 ? $"a hole of {difference} bytes" : "an overlap")}",
                    $"{next - dataStart}, where the tensor before it ends");
            }

            next = tensor.OffsetBytes + tensor.LengthBytes;
        }

        var tail = dataStart + dataBytes - next;
        if (tail != 0)
        {
            throw new CheckpointFormatException(file, $"byte {next}", $"{tail} bytes after the last tensor", "the end of the file");
        }
    }
}
