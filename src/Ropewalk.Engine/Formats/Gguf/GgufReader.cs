using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Reads the part of a file before the tensors' bytes from front to back. No length is believed before it was compared with the
/// bytes that are left, and each error names what was being read and the byte where it begins.</summary>
internal sealed class GgufReader
{
    private const int LargestBufferBytes = 1 << 16;

    private readonly SafeFileHandle _handle;
    private readonly string _file;
    private readonly long _end;
    private readonly byte[] _buffer;
    private int _used;
    private int _filled;
    private long _fetched;
    private long _begin;
    private string _what = "header";
    private string? _name;
    private long? _number;

    /// <summary>Reads from an offset on.</summary>
    public GgufReader(SafeFileHandle handle, string file, long lengthBytes, long offset)
    {
        _handle = handle;
        _file = file;
        FileBytes = lengthBytes;
        _end = Math.Min(lengthBytes, GgufLimits.HeaderBytes);
        _buffer = new byte[Math.Min(_end, LargestBufferBytes)];
        _fetched = offset;
        _begin = offset;
    }

    /// <summary>Length of the file.</summary>
    public long FileBytes { get; }

    /// <summary>Offset of the next byte.</summary>
    public long Position => _fetched - (_filled - _used);

    /// <summary>Bytes that may still be read.</summary>
    public long Remaining => _end - Position;

    /// <summary>Says what comes next, for errors: "pair 3", or "tensor 'output.weight'". Nothing is composed unless there is an error.</summary>
    public void At(string what, long? number = null, string? name = null) => (_what, _number, _name) = (what, number, name);

    /// <summary>Four bytes.</summary>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)));

    /// <summary>Eight bytes.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));

    /// <summary>A length of 8 bytes, then as many bytes of UTF-8.</summary>
    public string Text(long maximumBytes = long.MaxValue)
    {
        var begin = Position;
        var said = UInt64();
        if (said > (ulong)Math.Min(maximumBytes, Remaining))
        {
            Fail($"a text of {said} bytes", maximumBytes < Remaining ? $"at most {maximumBytes}" : $"at most {Remaining}, {Left}");
        }

        var length = (int)said;
        var bytes = Take(length);
        _begin = begin;
        if (!Utf8.IsValid(bytes))
        {
            _begin = Position - length + Utf8Text.FirstInvalid(bytes);
            Fail("bytes that are not UTF-8", "UTF-8 text");
        }

        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Numbers as they lie in the file. <paramref name="elements"/> was compared with what is left before it became an array.</summary>
    public void Numbers(Span<byte> elements)
    {
        _begin = Position;
        if (elements.Length <= _buffer.Length)
        {
            Take(elements.Length).CopyTo(elements);
            return;
        }

        var buffered = Math.Min(_filled - _used, elements.Length);
        _buffer.AsSpan(_used, buffered).CopyTo(elements);
        _used += buffered;
        RegularFile.ReadExactly(_handle, _file, _fetched, elements[buffered..]);
        _fetched += elements.Length - buffered;
    }

    /// <summary>Compares a count from the file with what is left of it.</summary>
    /// <param name="count">What the file says.</param>
    /// <param name="smallestBytes">Bytes that each takes at least.</param>
    /// <param name="maximum">Most that are read in any file.</param>
    /// <returns>The count, which fits.</returns>
    public int Count(ulong count, int smallestBytes, ulong maximum = int.MaxValue)
    {
        var fitting = Math.Min((ulong)(Remaining / smallestBytes), maximum);
        if (count > fitting)
        {
            Fail($"{count}", fitting == maximum ? $"at most {maximum}" : $"at most {fitting} in {Remaining} bytes, {Left}");
        }

        return (int)count;
    }

    /// <summary>Throws the error of what was read last.</summary>
    [DoesNotReturn]
    public void Fail(string found, string expected) => throw new CheckpointFormatException(_file, $"{Where} (byte {_begin})", found, expected);

    private string Left => _end < FileBytes ? $"which are left of the {_end} that a header may take" : "which are left of the file";

    private string Where => _name is { } name ? $"{_what}{(_what.Length > 0 ? " '" : "")}{Printable.OneLine(name, 120)}{(_what.Length > 0 ? "'" : "")}"
        : _number is { } number ? $"{_what} {number}"
        : _what;

    /// <summary>The next bytes; valid until the next call.</summary>
    private ReadOnlySpan<byte> Take(int count)
    {
        _begin = Position;
        if (count > Remaining)
        {
            Fail(_end < FileBytes ? $"a header of more than {_end} bytes" : "the end of the file", $"{count - Remaining} bytes {(_end < FileBytes ? "less" : "more; is the download complete?")}");
        }

        if (count > _buffer.Length)
        {
            var large = new byte[count];
            Numbers(large);
            return large;
        }

        var rest = _filled - _used;
        if (rest < count)
        {
            _buffer.AsSpan(_used, rest).CopyTo(_buffer);
            var fresh = (int)Math.Min(_buffer.Length - rest, _end - _fetched);
            RegularFile.ReadExactly(_handle, _file, _fetched, _buffer.AsSpan(rest, fresh));
            _fetched += fresh;
            _used = 0;
            _filled = rest + fresh;
        }

        var bytes = _buffer.AsSpan(_used, count);
        _used += count;
        return bytes;
    }
}
