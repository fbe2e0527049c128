using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>Writes safetensors files that <see cref="SafetensorsFile"/> and the format's other readers accept. The same input gives the same bytes.</summary>
public static class SafetensorsWriter
{
    private const int PrefixBytes = 8;

    /// <summary>Writes a file whole or not at all, and to the disk. It may replace a file that the tensors are read from.</summary>
    /// <param name="path">File to make or replace.</param>
    /// <param name="tensors">Tensors in the order in which their data is laid out.</param>
    /// <param name="metadata">Free texts for the header, sorted there by key; Transformers wants format = pt.</param>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void Write(string path, IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var header = HeaderOf(tensors, metadata);
        var dataBytes = tensors.Aggregate(0L, (sum, tensor) => checked(sum + tensor.LengthBytes));
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(header);
                foreach (var tensor in tensors)
                {
                    var begin = stream.Position;
                    tensor.WriteTo(stream);
                    var written = stream.Position - begin;
                    if (written != tensor.LengthBytes)
                    {
                        throw new InvalidOperationException($"tensor '{tensor.Name}' wrote {written} bytes in place of {tensor.LengthBytes}");
                    }
                }
            },
            checked(header.Length + dataBytes));
    }

    /// <summary>Length prefix and JSON, padded with spaces so that the data begins at a multiple of 8.</summary>
    private static byte[] HeaderOf(IReadOnlyList<TensorSource> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal) { SafetensorsLimits.MetadataKey };
        using var stream = new MemoryStream();
        stream.Write(stackalloc byte[PrefixBytes]);
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsLimits.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                if (!names.Add(tensor.Name) || !IsAllowed(tensor))
                {
                    throw new ArgumentException(
                        $"tensor '{Printable.OneLine(tensor.Name, 120)}' has a name that is taken, too long or no text, or more than {SafetensorsLimits.Rank} dimensions", nameof(tensors));
                }

                WriteEntry(json, tensor, offset);
                offset = checked(offset + tensor.LengthBytes);
            }

            json.WriteEndObject();
        }

        while (stream.Length % PrefixBytes != 0)
        {
            stream.WriteByte((byte)' ');
        }

        var bytes = stream.ToArray();
        var headerBytes = bytes.Length - PrefixBytes;
        if (headerBytes > SafetensorsLimits.HeaderBytes)
        {
            throw new ArgumentException($"a header of {headerBytes} bytes, at most {SafetensorsLimits.HeaderBytes} can be read", nameof(tensors));
        }

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)headerBytes);
        return bytes;
    }

    /// <summary>What the reader would refuse, the writer does not write; half of a surrogate pair would turn into another name.</summary>
    private static bool IsAllowed(TensorSource tensor)
    {
        var bytes = Encoding.UTF8.GetBytes(tensor.Name);
        return bytes.Length <= SafetensorsLimits.NameBytes
            && Encoding.UTF8.GetString(bytes) == tensor.Name
            && tensor.Shape.Length <= SafetensorsLimits.Rank;
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorSource tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", StoredTypes.NameOf(tensor.Type));
        json.WriteStartArray("shape");
        foreach (var extent in tensor.Shape)
        {
            json.WriteNumberValue(extent);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(offset);
        json.WriteNumberValue(offset + tensor.LengthBytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
