using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>An open safetensors file. Its header has been read and checked completely: every byte of the file belongs to the header or to
/// exactly one tensor. Reads are positional and may run on several threads at once. Little-endian machines only, as the format is.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private const string Expected = "a safetensors file";
    private const int PrefixBytes = 8;
    private const int ChunkElements = 1 << 16;

    private readonly SafeFileHandle handle;
    private readonly Dictionary<string, TensorEntry> tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> metadata = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, SafeFileHandle handle, long lengthBytes)
    {
        Path = path;
        this.handle = handle;
        LengthBytes = lengthBytes;
    }

    /// <summary>Path as it was given.</summary>
    public string Path { get; }

    /// <summary>Length of the file when it was opened.</summary>
    public long LengthBytes { get; }

    /// <summary>The tensors by name, in the order of the header.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors => tensors;

    /// <summary>The header's free texts (__metadata__).</summary>
    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Opens a file and checks all of its header.</summary>
    /// <exception cref="CheckpointFormatException">The file cannot be read or is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The file is of another kind, e.g. a pickle.</exception>
    public static SafetensorsFile Open(string path)
    {
        var opened = RegularFile.Open(path, Expected, out var lengthBytes);
        var file = new SafetensorsFile(path, opened, lengthBytes);
        try
        {
            file.ReadHeader();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Copies bytes of a tensor as they are stored.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="offset">First byte, counted from the tensor's begin.</param>
    /// <param name="bytes">Filled completely.</param>
    public void ReadBytes(TensorEntry tensor, long offset, Span<byte> bytes)
    {
        CheckRange(tensor, offset, bytes.Length, tensor.LengthBytes);
        RegularFile.ReadExactly(handle, Path, tensor.OffsetBytes + offset, bytes);
    }

    /// <summary>Reads elements as float32: F32 as it is, BF16 and F16 widened exactly, F64 rounded to nearest. NaN and infinity pass.</summary>
    /// <param name="tensor">A tensor of this file.</param>
    /// <param name="firstElement">First element, in row-major order.</param>
    /// <param name="values">Filled completely.</param>
    /// <exception cref="UnsupportedCheckpointException">The tensor has another type.</exception>
    public void ReadAsSingle(TensorEntry tensor, long firstElement, Span<float> values)
    {
        CheckRange(tensor, firstElement, values.Length, tensor.Elements);
        if (tensor.Type is not (StoredType.F32 or StoredType.BF16 or StoredType.F16 or StoredType.F64))
        {
            SafetensorsThrow.UnsupportedType(Path, tensor);
        }

        var elementBytes = StoredTypes.BitsOf(tensor.Type) / 8;
        var offset = firstElement * elementBytes;
        var buffer = tensor.Type == StoredType.F32 ? [] : ArrayPool<byte>.Shared.Rent(ChunkElements * elementBytes);
        while (!values.IsEmpty)
        {
            var chunk = values[..Math.Min(values.Length, ChunkElements)];
            var bytes = tensor.Type == StoredType.F32 ? MemoryMarshal.AsBytes(chunk) : buffer.AsSpan(0, chunk.Length * elementBytes);
            ReadBytes(tensor, offset, bytes);
            switch (tensor.Type)
            {
                case StoredType.BF16:
                    Bfloat16.ToSingle(MemoryMarshal.Cast<byte, ushort>(bytes), chunk);
                    break;
                case StoredType.F16:
                    Float16.ToSingle(MemoryMarshal.Cast<byte, ushort>(bytes), chunk);
                    break;
                case StoredType.F64:
                    Narrow(MemoryMarshal.Cast<byte, double>(bytes), chunk);
                    break;
            }

            offset += bytes.Length;
            values = values[chunk.Length..];
        }

        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => handle.Dispose();

    private void ReadHeader()
    {
        Span<byte> start = stackalloc byte[ForeignContent.SniffBytes];
        start = start[..(int)Math.Min(start.Length, LengthBytes)];
        RegularFile.ReadExactly(handle, Path, 0, start);
        if (start.Length < PrefixBytes + 2)
        {
            ForeignContent.ThrowIfKnown(Path, start, Expected);
            SafetensorsThrow.Length(Path, start.IsEmpty ? "an empty file" : $"a file of {LengthBytes} bytes", $"at least {PrefixBytes + 2} bytes");
        }

        // Some lengths read like the magic of another format, so the other format is only named once this one is ruled out.
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (headerBytes > SafetensorsLimits.HeaderBytes || headerBytes > (ulong)(LengthBytes - PrefixBytes) || headerBytes < 2)
        {
            ForeignContent.ThrowIfKnown(Path, start, Expected);
            SafetensorsThrow.Length(Path, $"{headerBytes}",
                $"2 to {Math.Min(SafetensorsLimits.HeaderBytes, LengthBytes - PrefixBytes)} for a file of {LengthBytes} bytes; is it a safetensors file, completely downloaded?");
        }

        if (start[PrefixBytes] != (byte)'{')
        {
            ForeignContent.ThrowIfKnown(Path, start, Expected);
            SafetensorsThrow.Header(Path, PrefixBytes, $"byte 0x{start[PrefixBytes]:X2}", "'{', the begin of a JSON object");
        }

        var json = new byte[headerBytes];
        RegularFile.ReadExactly(handle, Path, PrefixBytes, json);
        SafetensorsHeader.Parse(Path, json, LengthBytes - PrefixBytes - json.Length, tensors, metadata);
    }

    private static void Narrow(ReadOnlySpan<double> from, Span<float> to)
    {
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (float)from[i];
        }
    }

    private void CheckRange(TensorEntry tensor, long first, int count, long available)
    {
        if (!tensors.TryGetValue(tensor.Name, out var own) || !ReferenceEquals(own, tensor))
        {
            throw new ArgumentException($"'{tensor.Name}' is a tensor of another file", nameof(tensor));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, available - count);
    }
}
