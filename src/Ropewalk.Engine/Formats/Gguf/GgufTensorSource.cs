using System.Runtime.InteropServices;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>A tensor to be written: its description and how its bytes are made when their turn comes, so that a model need not be in memory.</summary>
public sealed class GgufTensorSource
{
    private const int ChunkBytes = 1 << 18;

    private readonly Action<Stream> _write;

    /// <summary>Describes a tensor.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="type">Type of the stored numbers.</param>
    /// <param name="shape">Extents, outermost first; rows (the last) are whole blocks of the type.</param>
    /// <param name="write">Writes exactly the tensor's bytes, little-endian, row-major.</param>
    public GgufTensorSource(string name, GgmlType type, long[] shape, Action<Stream> write)
        : this(name, GgufStoredType.Of(type), shape, write)
    {
    }

    private GgufTensorSource(string name, GgufStoredType stored, long[] shape, Action<Stream> write)
    {
        var lengthBytes = 0L;
        if (shape.Length is 0 or > GgufLimits.Rank || shape.Any(extent => extent < 1)
            || shape[^1] % stored.BlockLength != 0 || !stored.TryMeasure(shape, out _, out lengthBytes))
        {
            throw new ArgumentException($"'{Printable.OneLine(name, 120)}': {stored.Name} [{string.Join(", ", shape)}] is no tensor of a GGUF file", nameof(shape));
        }

        Name = name;
        Stored = stored;
        Shape = shape;
        LengthBytes = lengthBytes;
        _write = write;
    }

    /// <summary>Name in the file.</summary>
    public string Name { get; }

    /// <summary>ggml's name of the type.</summary>
    public string TypeName => Stored.Name;

    /// <summary>Extents, outermost first.</summary>
    public long[] Shape { get; }

    /// <summary>Bytes that will be written.</summary>
    public long LengthBytes { get; }

    /// <summary>The type with its sizes.</summary>
    internal GgufStoredType Stored { get; }

    /// <summary>A tensor of float32 values in memory, stored as they are.</summary>
    public static GgufTensorSource FromSingles(string name, long[] shape, ReadOnlyMemory<float> values) =>
        new(name, GgmlType.F32, shape, stream => stream.Write(MemoryMarshal.AsBytes(values.Span)));

    /// <summary>A tensor of an open file, copied byte by byte; of any type that ggml has, read here or not.</summary>
    public static GgufTensorSource Copy(GgufFile file, GgufTensor tensor) => new(tensor.Name, tensor.Stored, tensor.Shape, stream =>
    {
        var buffer = new byte[(int)Math.Min(tensor.LengthBytes, ChunkBytes)];
        for (var offset = 0L; offset < tensor.LengthBytes; offset += buffer.Length)
        {
            var chunk = buffer.AsSpan(0, (int)Math.Min(buffer.Length, tensor.LengthBytes - offset));
            file.ReadBytes(tensor, offset, chunk);
            stream.Write(chunk);
        }
    });

    internal void WriteTo(Stream stream) => _write(stream);
}
