using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Embedding;

/// <summary>Vectors in a file: NumPy's .npy (float32, [N, D]) with the ids beside it in NAME.ids.json, or .jsonl with an id and a vector a line.
/// Written whole or not at all.</summary>
public static class VectorFile
{
    private const long MaximumBytes = 1L << 31;
    private const int MaximumHeader = 1 << 16;
    private const string IdsSuffix = ".ids.json";
    private static readonly byte[] s_magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a name says which of the two it is.</summary>
    public static bool IsKnown(string path) => IsNumPy(path) || path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase);

    /// <summary>Writes vectors.</summary>
    /// <param name="path">A name that ends in .npy or .jsonl.</param>
    /// <param name="ids">One for each vector.</param>
    /// <param name="texts">Vectors of one width.</param>
    /// <exception cref="StorageException">The file could not be written.</exception>
    public static void Write(string path, IReadOnlyList<string> ids, IReadOnlyList<EmbeddedText> texts)
    {
        if (!IsNumPy(path))
        {
            AtomicFile.Write(path, stream =>
            {
                foreach (var (id, text) in ids.Zip(texts))
                {
                    stream.Write(JsonSerializer.SerializeToUtf8Bytes(new { id, tokens = text.Tokens, chunks = text.Chunks, embedding = text.Vector }, s_json));
                    stream.WriteByte((byte)'\n');
                }
            });
            return;
        }

        // Ids first: a file of vectors is never there without them.
        AtomicFile.WriteAllBytes(path + IdsSuffix, JsonSerializer.SerializeToUtf8Bytes(ids, s_json));
        AtomicFile.Write(path, stream =>
        {
            var width = texts.Count == 0 ? 0 : texts[0].Vector.Length;
            var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({texts.Count}, {width}), }}");

            // The numbers begin at a multiple of 64.
            var padded = ((s_magic.Length + 2 + header.Length + 1 + 63) / 64 * 64) - s_magic.Length - 2;
            Span<byte> length = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(length, (ushort)padded);
            stream.Write(s_magic);
            stream.Write(length);
            stream.Write(Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + "\n"));
            foreach (var text in texts)
            {
                stream.Write(MemoryMarshal.AsBytes(text.Vector.AsSpan()));
            }
        });
    }

    /// <summary>Reads vectors back.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged, or its vectors are not of one width.</exception>
    public static VectorIndex Read(string path)
    {
        if (!IsKnown(path))
        {
            throw new CheckpointFormatException(path, "name", $"\"{Printable.OneLine(Path.GetFileName(path), 60)}\"", "a file of vectors, .npy or .jsonl");
        }

        var bytes = RegularFile.ReadAll(path, "a file of vectors, .npy or .jsonl", MaximumBytes);
        return IsNumPy(path) ? ReadNumPy(path, bytes) : ReadLines(path, bytes);
    }

    private static bool IsNumPy(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    private static VectorIndex ReadNumPy(string path, byte[] bytes)
    {
        if (bytes.Length < s_magic.Length + 2 || !bytes.AsSpan(0, s_magic.Length).SequenceEqual(s_magic))
        {
            throw new CheckpointFormatException(path, "header", "other bytes", "a NumPy file of version 1.0");
        }

        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(s_magic.Length));
        var start = s_magic.Length + 2 + length;
        var header = start <= Math.Min(bytes.Length, MaximumHeader) ? Encoding.ASCII.GetString(bytes, s_magic.Length + 2, length) : "";
        var shape = System.Text.RegularExpressions.Regex.Match(
            header, @"^\{'descr': '<f4', 'fortran_order': False, 'shape': \((?<count>\d{1,10}), (?<width>\d{1,10})\), \}\s*$", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        if (!shape.Success)
        {
            throw new CheckpointFormatException(path, "header", $"\"{Printable.OneLine(header, 120)}\"", "float32 ('<f4') in rows, with a shape of two numbers");
        }

        var (count, width) = (long.Parse(shape.Groups["count"].ValueSpan, CultureInfo.InvariantCulture), long.Parse(shape.Groups["width"].ValueSpan, CultureInfo.InvariantCulture));
        if (width == 0 || count > (bytes.Length - start) / (width * sizeof(float)) || bytes.Length - start != count * width * sizeof(float))
        {
            throw new CheckpointFormatException(path, "content", $"{bytes.Length - start} bytes", $"{count} vectors of {width} float32");
        }

        var numbers = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(start)).ToArray();
        return new VectorIndex(path, Ids(path + IdsSuffix, (int)count), numbers, (int)width);
    }

    private static string[] Ids(string path, int count)
    {
        if (!File.Exists(path))
        {
            return [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        }

        var list = JsonFile.Read(path, MaximumBytes);
        return list.ValueKind == JsonValueKind.Array && list.GetArrayLength() == count && list.EnumerateArray().All(i => i.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(i => i.GetString()!)]
            : throw new CheckpointFormatException(path, "content", "another list", $"{count} ids, one for each vector");
    }

    private static VectorIndex ReadLines(string path, byte[] bytes)
    {
        var (ids, numbers, width) = (new List<string>(), new List<float>(), 0);
        foreach (var (line, element) in JsonLines.Read(path, bytes))
        {
            var fields = new ConfigFields(element, path, $"line {line}.");
            var vector = fields.OptionalDoubleList("embedding", float.MinValue, float.MaxValue) ?? [];
            width = width == 0 ? vector.Length : width;
            if (vector.Length == 0 || vector.Length != width)
            {
                throw new CheckpointFormatException(path, $"line {line}.embedding", $"{vector.Length} numbers", width == 0 ? "at least one" : $"{width}, as in the first line");
            }

            ids.Add(fields.RequiredString("id"));
            numbers.AddRange(vector.Select(v => (float)v));
        }

        return ids.Count == 0
            ? throw new CheckpointFormatException(path, "content", "no vectors", "at least one line")
            : new VectorIndex(path, ids, [.. numbers], width);
    }
}
