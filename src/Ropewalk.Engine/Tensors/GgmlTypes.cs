namespace Ropewalk.Engine.Tensors;

/// <summary>Sizes and names of <see cref="GgmlType"/>.</summary>
public static class GgmlTypes
{
    /// <summary>Numbers of one block: 1 for floating-point types, else 32 or 256. Rows are whole blocks.</summary>
    public static int BlockLength(GgmlType type) => type switch
    {
        GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.F64 => 1,
        GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K => 256,
        GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q8_0 => 32,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that is read"),
    };

    /// <summary>Bytes of one block.</summary>
    public static int BlockBytes(GgmlType type) => type switch
    {
        GgmlType.F32 => 4,
        GgmlType.F16 or GgmlType.BF16 => 2,
        GgmlType.F64 => 8,
        GgmlType.Q4_0 => 18,
        GgmlType.Q4_1 => 20,
        GgmlType.Q5_0 => 22,
        GgmlType.Q5_1 => 24,
        GgmlType.Q8_0 => 34,
        GgmlType.Q4_K => 144,
        GgmlType.Q5_K => 176,
        GgmlType.Q6_K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that is read"),
    };

    /// <summary>Whether numbers are stored in blocks that share a scale.</summary>
    public static bool IsQuantized(GgmlType type) => BlockLength(type) > 1;

    /// <summary>Bytes of a row.</summary>
    /// <param name="type">Stored type.</param>
    /// <param name="columns">Numbers of the row, a multiple of the block length.</param>
    public static long RowBytes(GgmlType type, long columns) => columns / BlockLength(type) * BlockBytes(type);
}
