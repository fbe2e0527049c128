namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>An element type that a safetensors file can name.</summary>
public enum StoredType
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>4-bit float (MX), two in a byte.</summary>
    F4,

    /// <summary>6-bit float, 2 exponent bits.</summary>
    F6E2M3,

    /// <summary>6-bit float, 3 exponent bits.</summary>
    F6E3M2,

    /// <summary>Unsigned byte.</summary>
    U8,

    /// <summary>Signed byte.</summary>
    I8,

    /// <summary>8-bit float, 5 exponent bits.</summary>
    F8E5M2,

    /// <summary>8-bit float, 4 exponent bits.</summary>
    F8E4M3,

    /// <summary>8-bit power of two (MX scale).</summary>
    F8E8M0,

    /// <summary>8-bit float, 4 exponent bits, no infinity nor negative zero.</summary>
    F8E4M3Fnuz,

    /// <summary>8-bit float, 5 exponent bits, no infinity nor negative zero.</summary>
    F8E5M2Fnuz,

    /// <summary>16-bit signed integer.</summary>
    I16,

    /// <summary>16-bit unsigned integer.</summary>
    U16,

    /// <summary>IEEE half precision.</summary>
    F16,

    /// <summary>Upper half of a float32.</summary>
    BF16,

    /// <summary>32-bit signed integer.</summary>
    I32,

    /// <summary>32-bit unsigned integer.</summary>
    U32,

    /// <summary>IEEE single precision.</summary>
    F32,

    /// <summary>Complex number of two single-precision floats.</summary>
    C64,

    /// <summary>IEEE double precision.</summary>
    F64,

    /// <summary>64-bit signed integer.</summary>
    I64,

    /// <summary>64-bit unsigned integer.</summary>
    U64,
}
