namespace Ropewalk.Engine.Tokenization;

/// <summary>How a protobuf field's value is laid out; the numbers are those in the file.</summary>
internal enum ProtobufWireType
{
    /// <summary>A number of up to 10 bytes, 7 bits each.</summary>
    Varint = 0,

    /// <summary>8 bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length, and as many bytes.</summary>
    Bytes = 2,

    /// <summary>4 bytes.</summary>
    Fixed32 = 5,
}
