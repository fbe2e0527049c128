using Microsoft.Win32.SafeHandles;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>An open GGUF file, version 2 or 3, little-endian. Metadata and tensor descriptions have been read and checked completely; every
/// tensor lies within the file. Reads are positional and may run on several threads at once. Little-endian machines only.</summary>
public sealed class GgufFile : IDisposable
{
    private const string Expected = "a GGUF file";
    private const int MagicBytes = 4;

    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, GgufTensor> _tensors = new(StringComparer.Ordinal);
    private MappedFile? _mapping;

    private GgufFile(string path, SafeFileHandle handle, long lengthBytes)
    {
        Path = path;
        _handle = handle;
        LengthBytes = lengthBytes;
        Metadata = new GgufMetadata(path);
    }

    /// <summary>Path as it was given.</summary>
    public string Path { get; }

    /// <summary>Length of the file when it was opened.</summary>
    public long LengthBytes { get; }

    /// <summary>Version of the format.</summary>
    public int Version { get; private set; }

    /// <summary>The metadata.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors by name, in the file's order.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => _tensors;

    /// <summary>What the tensors' offsets are multiples of.</summary>
    public int AlignmentBytes { get; private set; }

    /// <summary>Bytes after the last tensor and its padding. They belong to nothing: llama.cpp accepts them, and so does this; a caller
    /// that wants none has to look.</summary>
    public long TailBytes { get; private set; }

    /// <summary>Opens a file and checks all of its descriptions; the tensors' bytes are not touched.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapped">Also maps the file, so that weights are fetched on use and shared between processes. Off by default, because a
    /// mapped file that another program shortens ends the process.</param>
    /// <exception cref="CheckpointFormatException">The file cannot be read or is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The file is of another kind or version.</exception>
    public static GgufFile Open(string path, bool mapped = false)
    {
        var handle = RegularFile.Open(path, Expected, out var lengthBytes);
        var file = new GgufFile(path, handle, lengthBytes);
        try
        {
            file.RequireMagic();
            var header = GgufHeader.Read(path, new GgufReader(handle, path, lengthBytes, MagicBytes), file.Metadata, file._tensors);
            file.Version = (int)header.Version;
            file.AlignmentBytes = (int)header.Alignment;
            file.TailBytes = Math.Max(0, lengthBytes - header.EndBytes);
            file._mapping = mapped ? new MappedFile(handle, path, lengthBytes) : null;
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The type of a tensor whose numbers are wanted.</summary>
    /// <exception cref="UnsupportedCheckpointException">It is one of ggml's types that are not read.</exception>
    public GgmlType TypeOf(GgufTensor tensor) => tensor.Type ?? throw new UnsupportedCheckpointException(Path,
        $"tensor '{Printable.OneLine(tensor.Name, 120)}'", $"the type {tensor.TypeName}", string.Join(", ", Enum.GetNames<GgmlType>()));

    /// <summary>Copies bytes of a tensor as they are stored, of any type.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's begin.</param>
    /// <param name="bytes">Filled completely.</param>
    public void ReadBytes(GgufTensor tensor, long offset, Span<byte> bytes)
    {
        RequireOwn(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.LengthBytes - bytes.Length);
        RegularFile.ReadExactly(_handle, Path, tensor.OffsetBytes + offset, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _mapping?.Dispose();
        _handle.Dispose();
    }

    /// <summary>First byte of a tensor in memory, valid until disposal and aligned to <see cref="AlignmentBytes"/> only. If another program
    /// shortens the file, reading here ends the process.</summary>
    /// <exception cref="InvalidOperationException">The file was opened without mapping.</exception>
    internal unsafe byte* MappedPointer(GgufTensor tensor)
    {
        RequireOwn(tensor);
        return (_mapping ?? throw new InvalidOperationException("the file was opened without mapping")).Pointer + tensor.OffsetBytes;
    }

    private void RequireOwn(GgufTensor tensor)
    {
        if (!_tensors.TryGetValue(tensor.Name, out var own) || !ReferenceEquals(own, tensor))
        {
            throw new ArgumentException($"'{tensor.Name}' is a tensor of another file", nameof(tensor));
        }
    }

    private void RequireMagic()
    {
        Span<byte> start = stackalloc byte[ForeignContent.SniffBytes];
        start = start[..(int)Math.Min(start.Length, LengthBytes)];
        RegularFile.ReadExactly(_handle, Path, 0, start);
        if (start.StartsWith("GGUF"u8))
        {
            return;
        }

        ForeignContent.ThrowIfKnown(Path, start, Expected);
        if (start.Length < MagicBytes)
        {
            throw new CheckpointFormatException(Path, "magic (byte 0)", start.IsEmpty ? "an empty file" : $"a file of {start.Length} bytes", Expected);
        }

        if (start.StartsWith("lmgg"u8) || start.StartsWith("fmgg"u8) || start.StartsWith("tjgg"u8))
        {
            throw new UnsupportedCheckpointException(Path, "content", "ggml's format from before GGUF", "GGUF; convert the original model again");
        }

        if (start.Length > 8 && start[8] == (byte)'{')
        {
            throw new CheckpointFormatException(Path, "magic (byte 0)", "what looks like a safetensors file", Expected);
        }

        throw new CheckpointFormatException(Path, "magic (byte 0)", $"bytes {Convert.ToHexString(start[..MagicBytes])}", $"{Expected}, which begins with 'GGUF'");
    }
}
