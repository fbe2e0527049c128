namespace Ropewalk.Engine.Formats.Safetensors;

/// <summary>Names and sizes of the stored types.</summary>
public static class StoredTypes
{
    private static readonly (StoredType Type, string Name, int Bits)[] Table =
    [
        (StoredType.Bool, "BOOL", 8),
        (StoredType.F4, "F4", 4),
        (StoredType.F6E2M3, "F6_E2M3", 6),
        (StoredType.F6E3M2, "F6_E3M2", 6),
        (StoredType.U8, "U8", 8),
        (StoredType.I8, "I8", 8),
        (StoredType.F8E5M2, "F8_E5M2", 8),
        (StoredType.F8E4M3, "F8_E4M3", 8),
        (StoredType.F8E8M0, "F8_E8M0", 8),
        (StoredType.F8E4M3Fnuz, "F8_E4M3FNUZ", 8),
        (StoredType.F8E5M2Fnuz, "F8_E5M2FNUZ", 8),
        (StoredType.I16, "I16", 16),
        (StoredType.U16, "U16", 16),
        (StoredType.F16, "F16", 16),
        (StoredType.BF16, "BF16", 16),
        (StoredType.I32, "I32", 32),
        (StoredType.U32, "U32", 32),
        (StoredType.F32, "F32", 32),
        (StoredType.C64, "C64", 64),
        (StoredType.F64, "F64", 64),
        (StoredType.I64, "I64", 64),
        (StoredType.U64, "U64", 64),
    ];

    /// <summary>All names, as a file spells them, for messages.</summary>
    public static string AllNames { get; } = string.Join(", ", Table.Select(row => row.Name));

    /// <summary>The name as a file spells it.</summary>
    public static string NameOf(StoredType type) => Table[(int)type].Name;

    /// <summary>Bits of one element; not always a multiple of 8.</summary>
    public static int BitsOf(StoredType type) => Table[(int)type].Bits;

    /// <summary>Finds a type by its exact name.</summary>
    public static bool TryParse(string name, out StoredType type)
    {
        foreach (var row in Table)
        {
            if (row.Name == name)
            {
                type = row.Type;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Elements and bytes of a shape, or false if either does not fit into 63 bits or the elements do not fill whole bytes.
    /// Zeros do not hide an overflow of the other dimensions: the answer does not depend on their order.</summary>
    public static bool TryMeasure(StoredType type, ReadOnlySpan<long> shape, out long elements, out long lengthBytes)
    {
        elements = 0;
        lengthBytes = 0;
        var isEmpty = false;
        var product = 1L;
        foreach (var extent in shape)
        {
            if (extent < 0)
            {
                return false;
            }

            isEmpty |= extent == 0;
            var high = Math.BigMul(product, Math.Max(extent, 1), out long low);
            if (high != 0 || low < 0)
            {
                return false;
            }

            product = low;
        }

        var bitsHigh = Math.BigMul(product, BitsOf(type), out long bits);
        if (bitsHigh != 0 || bits < 0 || (!isEmpty && bits % 8 != 0))
        {
            return false;
        }

        elements = isEmpty ? 0 : product;
        lengthBytes = isEmpty ? 0 : bits / 8;
        return true;
    }
}
