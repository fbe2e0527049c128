using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>A tensor to be written: its description and how its bytes are made when their turn comes, so that a model need not be in memory.</summary>
public sealed class TensorSource
{
    private const int ChunkElements = 1 << 16;

    private readonly Action<Stream> write;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="type">Type of the stored elements.</param>
    /// <param name="shape">Extents, outermost first; empty for a scalar.</param>
    /// <param name="write">Writes exactly the tensor's bytes, little-endian, row-major.</param>
    public TensorSource(string name, StoredType type, long[] shape, Action<Stream> write)
    {
        if (!StoredTypes.TryMeasure(type, shape, out _, out var lengthBytes))
        {
            throw new ArgumentException($"'{name}': {StoredTypes.NameOf(type)} [{string.Join(", ", shape)}] has no size", nameof(shape));
        }

        Name = name;
        Type = type;
        Shape = shape;
        LengthBytes = lengthBytes;
        this.write = write;
    }

    /// <summary>Name in the file.</summary>
    public string Name { get; }

    /// <summary>Type of the stored elements.</summary>
    public StoredType Type { get; }

    /// <summary>Extents, outermost first.</summary>
    public long[] Shape { get; }

    /// <summary>Bytes that will be written.</summary>
    public long LengthBytes { get; }

    /// <summary>A tensor whose bytes are in memory.</summary>
    public static TensorSource FromBytes(string name, StoredType type, long[] shape, ReadOnlyMemory<byte> bytes) =>
        new(name, type, shape, stream => stream.Write(bytes.Span));

    /// <summary>A tensor of float32 values in memory, stored as F32 or rounded to BF16.</summary>
    public static TensorSource FromSingles(string name, StoredType type, long[] shape, ReadOnlyMemory<float> values)
    {
        RequireFloat(type);
        return new TensorSource(name, type, shape, stream => WriteSingles(stream, type, values.Span));
    }

    /// <summary>A tensor of an open file, copied byte by byte.</summary>
    public static TensorSource Copy(SafetensorsFile file, TensorEntry tensor) => new(tensor.Name, tensor.Type, tensor.Shape, stream =>
    {
        var buffer = new byte[(int)Math.Min(tensor.LengthBytes, ChunkElements * sizeof(float))];
        for (var offset = 0L; offset < tensor.LengthBytes; offset += buffer.Length)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.LengthBytes - offset));
            file.ReadBytes(tensor, offset, chunk);
            stream.Write(chunk);
        }
    });

    /// <summary>A floating-point tensor of an open file, converted to F32 (exact but for F64) or BF16 (nearest, ties to even).</summary>
    public static TensorSource Convert(SafetensorsFile file, TensorEntry tensor, StoredType type)
    {
        RequireFloat(type);
        return tensor.Type == type ? Copy(file, tensor) : new TensorSource(tensor.Name, type, tensor.Shape, stream =>
        {
            var buffer = new float[(int)Math.Min(tensor.Elements, ChunkElements)];
            for (var first = 0L; first < tensor.Elements; first += buffer.Length)
            {
                var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.Elements - first));
                file.ReadAsSingle(tensor, first, chunk);
                WriteSingles(stream, type, chunk);
            }
        });
    }

    internal void WriteTo(Stream stream) => write(stream);

    private static void RequireFloat(StoredType type)
    {
        if (type is not (StoredType.F32 or StoredType.BF16))
        {
            throw new ArgumentException("values are stored as F32 or BF16", nameof(type));
        }
    }

    /// <summary>Writes numbers as F32, or rounded to BF16.</summary>
    internal static void WriteSingles(Stream stream, StoredType type, ReadOnlySpan<float> values)
    {
        if (type == StoredType.F32)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        var rounded = new ushort[Math.Min(values.Length, ChunkElements)];
        while (!values.IsEmpty)
        {
            var chunk = rounded.AsSpan(0, Math.Min(values.Length, rounded.Length));
            Bfloat16.FromSingle(values[..chunk.Length], chunk);
            stream.Write(MemoryMarshal.AsBytes(chunk));
            values = values[chunk.Length..];
        }
    }
}
