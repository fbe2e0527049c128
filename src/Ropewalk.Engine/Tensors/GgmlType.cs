namespace Ropewalk.Engine.Tensors;

/// <summary>How the numbers of a weight are stored, in files and in memory: ggml's types, with ggml's numbers.
/// Types that are not listed here are known to <see cref="GgmlTypes"/> by name at most.</summary>
public enum GgmlType
{
    /// <summary>32-bit floating point.</summary>
    F32 = 0,

    /// <summary>16-bit floating point (IEEE 754 half).</summary>
    F16 = 1,

    /// <summary>Blocks of 32 in 18 bytes: 4 bits each and a half-precision scale.</summary>
    Q4_0 = 2,

    /// <summary>Blocks of 32 in 20 bytes: 4 bits each, scale and minimum.</summary>
    Q4_1 = 3,

    /// <summary>Blocks of 32 in 22 bytes: 5 bits each and a scale.</summary>
    Q5_0 = 6,

    /// <summary>Blocks of 32 in 24 bytes: 5 bits each, scale and minimum.</summary>
    Q5_1 = 7,

    /// <summary>Blocks of 32 in 34 bytes: 8 bits each and a scale.</summary>
    Q8_0 = 8,

    /// <summary>Blocks of 256 in 144 bytes: 4 bits each; eight 6-bit scales and minima.</summary>
    Q4_K = 12,

    /// <summary>Blocks of 256 in 176 bytes: 5 bits each; eight 6-bit scales and minima.</summary>
    Q5_K = 13,

    /// <summary>Blocks of 256 in 210 bytes: 6 bits each; sixteen 8-bit scales.</summary>
    Q6_K = 14,

    /// <summary>64-bit floating point; rounded to float32 when it is packed.</summary>
    F64 = 28,

    /// <summary>The upper 16 bits of a float32.</summary>
    BF16 = 30,
}
