namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>Where one tensor lies in its file; every number was checked against the file's length.</summary>
public sealed class TensorEntry
{
    internal TensorEntry(string name, StoredType type, long[] shape, long elements, long offsetBytes, long lengthBytes)
    {
        Name = name;
        Type = type;
        Shape = shape;
        Elements = elements;
        OffsetBytes = offsetBytes;
        LengthBytes = lengthBytes;
    }

    /// <summary>The name: an opaque key from a stranger, never a path; print it through <see cref="Printable"/>.</summary>
    public string Name { get; }

    /// <summary>Type of the stored elements.</summary>
    public StoredType Type { get; }

    /// <summary>Extents, outermost first; empty for a scalar. Not to be changed.</summary>
    public long[] Shape { get; }

    /// <summary>Product of the extents.</summary>
    public long Elements { get; }

    /// <summary>Position of the first byte in the file.</summary>
    public long OffsetBytes { get; }

    /// <summary>Bytes taken in the file.</summary>
    public long LengthBytes { get; }

    /// <summary>Type and shape for messages, e.g. "F32 [512, 64]".</summary>
    public override string ToString() => $"{StoredTypes.NameOf(Type)} [{string.Join(", ", Shape)}]";
}
