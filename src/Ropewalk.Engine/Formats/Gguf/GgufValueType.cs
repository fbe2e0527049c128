namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Kinds of metadata values, with the format's numbers.</summary>
internal enum GgufValueType : uint
{
    /// <summary>One byte.</summary>
    UInt8 = 0,

    /// <summary>One byte with sign.</summary>
    Int8 = 1,

    /// <summary>Two bytes.</summary>
    UInt16 = 2,

    /// <summary>Two bytes with sign.</summary>
    Int16 = 3,

    /// <summary>Four bytes.</summary>
    UInt32 = 4,

    /// <summary>Four bytes with sign.</summary>
    Int32 = 5,

    /// <summary>32-bit floating point.</summary>
    Float32 = 6,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 7,

    /// <summary>UTF-8 after its length in 8 bytes.</summary>
    Text = 8,

    /// <summary>Elements of one of the other kinds, after that kind and their number.</summary>
    List = 9,

    /// <summary>Eight bytes.</summary>
    UInt64 = 10,

    /// <summary>Eight bytes with sign.</summary>
    Int64 = 11,

    /// <summary>64-bit floating point.</summary>
    Float64 = 12,
}
