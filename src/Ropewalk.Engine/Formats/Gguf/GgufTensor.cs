using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Where one tensor lies in its file; every number was checked against the file's length.</summary>
public sealed class GgufTensor
{
    internal GgufTensor(string name, GgufStoredType stored, long[] shape, long elements, long offsetBytes, long lengthBytes)
    {
        Name = name;
        Stored = stored;
        Shape = shape;
        Elements = elements;
        OffsetBytes = offsetBytes;
        LengthBytes = lengthBytes;
    }

    /// <summary>The name: an opaque key from a stranger, never a path; print it through <see cref="Printable"/>.</summary>
    public string Name { get; }

    /// <summary>Type of the stored numbers, or null for a type of ggml that is not read; <see cref="GgufFile.TypeOf"/> says so in an error.</summary>
    public GgmlType? Type => Stored.Type;

    /// <summary>ggml's name of the type, of those that are not read too.</summary>
    public string TypeName => Stored.Name;

    /// <summary>Extents, outermost first: a weight of output width N and input width K is [N, K]. (The file and ggml have the reverse order.)
    /// Not to be changed.</summary>
    public long[] Shape { get; }

    /// <summary>Product of the extents.</summary>
    public long Elements { get; }

    /// <summary>Position of the first byte in the file.</summary>
    public long OffsetBytes { get; internal set; }

    /// <summary>Bytes taken in the file, without padding.</summary>
    public long LengthBytes { get; }

    /// <summary>The type with its sizes.</summary>
    internal GgufStoredType Stored { get; }

    /// <summary>Type and shape for messages, e.g. "Q4_K [512, 256]".</summary>
    public override string ToString() => $"{TypeName} [{string.Join(", ", Shape)}]";
}
