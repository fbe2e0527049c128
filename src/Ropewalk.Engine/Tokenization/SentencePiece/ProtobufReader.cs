using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Reads the fields of one protobuf message, each length checked against the bytes that are there.</summary>
/// <remarks>Groups, which protobuf gave up long ago, are refused: they nest without a length.</remarks>
internal ref struct ProtobufReader
{
    private const int MaxVarintBytes = 10;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _file;
    private readonly string _message;
    private readonly long _start;
    private int _at;
    private int _field;
    private ProtobufWireType _type;

    /// <param name="bytes">The message.</param>
    /// <param name="file">The file, for complaints.</param>
    /// <param name="message">The message's name, for complaints.</param>
    /// <param name="start">Where in the file it starts, for complaints.</param>
    public ProtobufReader(ReadOnlySpan<byte> bytes, string file, string message, long start = 0)
    {
        _bytes = bytes;
        _file = file;
        _message = message;
        _start = start;
    }

    /// <summary>Where in the file the next byte stands.</summary>
    public readonly long Position => _start + _at;

    /// <summary>Goes to the next field; false at the end of the message. Read or skip its value before the next call.</summary>
    public bool Next(out int field)
    {
        field = 0;
        if (_at == _bytes.Length)
        {
            return false;
        }

        var place = Position;
        var tag = RawVarint();
        _field = (int)Math.Min(tag >> 3, int.MaxValue);
        _type = (ProtobufWireType)(tag & 7);
        if (_field is 0 or > 0x1FFF_FFFF || !Enum.IsDefined(_type))
        {
            throw Error(place, _field is 0 or > 0x1FFF_FFFF ? $"the field number {tag >> 3}" : (tag & 7) is 3 or 4 ? "a group" : $"the wire type {tag & 7}",
                "a field of wire type 0, 1, 2 or 5");
        }

        field = _field;
        return true;
    }

    /// <summary>The field's whole number.</summary>
    public ulong Varint()
    {
        Expect(ProtobufWireType.Varint);
        return RawVarint();
    }

    /// <summary>The field's whole number, as protobuf's int32 and enums are read.</summary>
    public int Int() => (int)Varint();

    /// <summary>The field's bytes; <paramref name="start"/> is where in the file they stand.</summary>
    public ReadOnlySpan<byte> Bytes(out long start)
    {
        Expect(ProtobufWireType.Bytes);
        var place = Position;
        var length = RawVarint();
        start = Position;
        return length <= (ulong)(_bytes.Length - _at)
            ? Take((int)length)
            : throw Error(place, $"a length of {length}", $"at most the {_bytes.Length - _at} bytes that are left");
    }

    /// <summary>The field's text.</summary>
    public string Text()
    {
        var bytes = Bytes(out var start);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : throw Error(start, "bytes that are not UTF-8", "UTF-8");
    }

    /// <summary>The field's 32-bit number.</summary>
    public float Single()
    {
        Expect(ProtobufWireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Fixed(sizeof(float)));
    }

    /// <summary>Passes over the field's value.</summary>
    public void Skip()
    {
        switch (_type)
        {
            case ProtobufWireType.Varint:
                RawVarint();
                break;
            case ProtobufWireType.Bytes:
                Bytes(out _);
                break;
            default:
                Fixed(_type == ProtobufWireType.Fixed32 ? sizeof(uint) : sizeof(ulong));
                break;
        }
    }

    /// <summary>A complaint that names file, message and place.</summary>
    public readonly CheckpointFormatException Error(long place, string found, string expected) =>
        new(_file, string.Create(CultureInfo.InvariantCulture, $"{_message}, byte {place}"), found, expected);

    private ulong RawVarint()
    {
        var place = Position;
        var value = 0UL;
        for (var i = 0; i < MaxVarintBytes; i++)
        {
            if (_at == _bytes.Length)
            {
                throw Error(place, "a number cut off at the end", "all its bytes");
            }

            var b = _bytes[_at++];
            value |= (ulong)(b & 0x7F) << (7 * i);
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Error(place, $"a number of more than {MaxVarintBytes} bytes", $"at most {MaxVarintBytes}");
    }

    private ReadOnlySpan<byte> Fixed(int length) =>
        length <= _bytes.Length - _at ? Take(length) : throw Error(Position, $"{_bytes.Length - _at} bytes", $"a number of {length}");

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _bytes.Slice(_at, length);
        _at += length;
        return taken;
    }

    private readonly void Expect(ProtobufWireType type)
    {
        if (_type != type)
        {
            throw Error(Position, $"wire type {(int)_type} for field {_field}", $"{(int)type}");
        }
    }
}
