using System.Runtime.InteropServices;
using System.Text;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Writes GGUF files, version 3, that <see cref="GgufFile"/> and ggml accept. The same input gives the same bytes.</summary>
public static class GgufWriter
{
    /// <summary>Refuses halves of surrogate pairs, which would turn into other text.</summary>
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file whole or not at all, and to the disk. It may replace a file that the tensors are read from, unless that is mapped
    /// on a system that forbids it.</summary>
    /// <param name="path">File to make or replace.</param>
    /// <param name="metadata">Pairs in the order in which they are written; general.alignment is obeyed.</param>
    /// <param name="tensors">Tensors in the order in which their data is laid out.</param>
    /// <exception cref="ArgumentException">The reader would refuse the file.</exception>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void Write(string path, GgufMetadata metadata, IReadOnlyList<GgufTensorSource> tensors)
    {
        var alignment = AlignmentOf(metadata);
        var header = HeaderOf(metadata, tensors);
        var dataBytes = tensors.Aggregate(0L, (sum, tensor) => checked(sum + GgufLimits.Align(tensor.LengthBytes, alignment)));
        var padding = new byte[alignment];
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

                    stream.Write(padding, 0, (int)(GgufLimits.Align(written, alignment) - written));
                }
            },
            checked(header.Length + dataBytes));
    }

    /// <summary>Everything before the tensors' bytes, padded.</summary>
    internal static byte[] HeaderOf(GgufMetadata metadata, IReadOnlyList<GgufTensorSource> tensors)
    {
        var alignment = AlignmentOf(metadata);
        if ((ulong)metadata.Keys.Count > GgufLimits.Pairs || (ulong)tensors.Count > GgufLimits.Tensors)
        {
            throw new ArgumentException($"{metadata.Keys.Count} pairs and {tensors.Count} tensors, at most {GgufLimits.Pairs} and {GgufLimits.Tensors} can be read", nameof(tensors));
        }

        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(GgufLimits.NewestVersion);
        writer.Write((ulong)tensors.Count);
        writer.Write((ulong)metadata.Keys.Count);
        foreach (var key in metadata.Keys)
        {
            WritePair(writer, metadata, key);
        }

        WriteDescriptions(writer, tensors, alignment);
        if (stream.Length > GgufLimits.HeaderBytes)
        {
            throw new ArgumentException($"a header of {stream.Length} bytes, at most {GgufLimits.HeaderBytes} can be read", nameof(metadata));
        }

        stream.SetLength(GgufLimits.Align(stream.Length, alignment));
        return stream.ToArray();
    }

    private static uint AlignmentOf(GgufMetadata metadata)
    {
        if (!metadata.TryGet(GgufLimits.AlignmentKey, out var value))
        {
            return GgufLimits.DefaultAlignment;
        }

        return value is uint alignment && GgufLimits.IsAlignment(alignment)
            ? alignment
            : throw new ArgumentException($"{GgufLimits.AlignmentKey} must be {GgufLimits.AlignmentRule}", nameof(metadata));
    }

    private static void WritePair(BinaryWriter writer, GgufMetadata metadata, string key)
    {
        if (!GgufLimits.IsKey(key))
        {
            throw new ArgumentException($"the key '{Printable.OneLine(key, 80)}' is not {GgufLimits.KeyRule}", nameof(key));
        }

        WriteText(writer, key);
        metadata.TryGet(key, out var value);
        var list = value as Array;
        if (!GgufValueTypes.TryGetKind((list is null ? value!.GetType() : list.GetType().GetElementType())!, out var kind) || list is { Rank: > 1 })
        {
            throw new ArgumentException($"{key} is a {value!.GetType().Name}, which no GGUF file can hold", nameof(metadata));
        }

        if (list is null)
        {
            // A list of one has the bytes of its element.
            list = Array.CreateInstance(value!.GetType(), 1);
            list.SetValue(value, 0);
        }
        else
        {
            writer.Write((uint)GgufValueType.List);
        }

        writer.Write((uint)kind);
        if (value is Array)
        {
            writer.Write((ulong)list.LongLength);
        }

        if (list is string[] texts)
        {
            Array.ForEach(texts, text => WriteText(writer, text));
        }
        else if (list.Length > 0)
        {
            writer.Write(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(list), Buffer.ByteLength(list)));
        }
    }

    private static void WriteDescriptions(BinaryWriter writer, IReadOnlyList<GgufTensorSource> tensors, uint alignment)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var offset = 0L;
        foreach (var tensor in tensors)
        {
            if (!names.Add(tensor.Name) || tensor.Name.Length == 0 || tensor.Name.Contains('\0') || Encoding.UTF8.GetByteCount(tensor.Name) > GgufLimits.NameBytes)
            {
                throw new ArgumentException($"the tensor name '{Printable.OneLine(tensor.Name, 120)}' is taken, empty, longer than {GgufLimits.NameBytes} bytes or has a zero in it", nameof(tensors));
            }

            WriteText(writer, tensor.Name);
            writer.Write((uint)tensor.Shape.Length);
            for (var i = tensor.Shape.Length - 1; i >= 0; i--)
            {
                writer.Write(tensor.Shape[i]);
            }

            writer.Write(tensor.Stored.Number);
            writer.Write(offset);
            offset = checked(offset + GgufLimits.Align(tensor.LengthBytes, alignment));
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        var bytes = Utf8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }
}
