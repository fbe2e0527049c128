using System.Diagnostics.CodeAnalysis;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>A type of ggml as files number it: enough to know a tensor's size, whether or not its numbers can be read.</summary>
/// <param name="Number">The number in files.</param>
/// <param name="Name">ggml's name.</param>
/// <param name="BlockLength">Numbers of one block; rows are whole blocks.</param>
/// <param name="BlockBytes">Bytes of one block.</param>
internal sealed record GgufStoredType(uint Number, string Name, int BlockLength, int BlockBytes)
{
    /// <summary>By number; null where ggml has removed a type (4, 5, 31 to 33, 36 to 38) and its number stands for nothing.</summary>
    private static readonly GgufStoredType?[] Known = Table();

    /// <summary>The type if its numbers can be read, else null.</summary>
    public GgmlType? Type { get; } = Enum.IsDefined((GgmlType)Number) ? (GgmlType)Number : null;

    /// <summary>Finds a type by its number in a file.</summary>
    public static bool TryGet(uint number, [NotNullWhen(true)] out GgufStoredType? type)
    {
        type = number < Known.Length ? Known[number] : null;
        return type is not null;
    }

    /// <summary>The stored form of a type that is read.</summary>
    public static GgufStoredType Of(GgmlType type) =>
        TryGet((uint)type, out var stored) ? stored : throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that is read");

    /// <summary>The one place where a tensor's size is calculated.</summary>
    /// <param name="shape">Extents of at least 1, the last a multiple of the block length.</param>
    /// <param name="elements">Product of the extents.</param>
    /// <param name="lengthBytes">Bytes of all elements.</param>
    /// <returns>False if the size is larger than any file.</returns>
    public bool TryMeasure(ReadOnlySpan<long> shape, out long elements, out long lengthBytes)
    {
        elements = 1;
        lengthBytes = 0;
        foreach (var extent in shape)
        {
            if (elements > long.MaxValue / extent)
            {
                return false;
            }

            elements *= extent;
        }

        var blocks = elements / BlockLength;
        lengthBytes = blocks <= GgufLimits.TensorBytes / BlockBytes ? blocks * BlockBytes : 0;
        return lengthBytes > 0;
    }

    private static GgufStoredType?[] Table()
    {
        GgufStoredType[] unread =
        [
            new(9, "Q8_1", 32, 36),
            new(10, "Q2_K", 256, 84),
            new(11, "Q3_K", 256, 110),
            new(15, "Q8_K", 256, 292),
            new(16, "IQ2_XXS", 256, 66),
            new(17, "IQ2_XS", 256, 74),
            new(18, "IQ3_XXS", 256, 98),
            new(19, "IQ1_S", 256, 50),
            new(20, "IQ4_NL", 32, 18),
            new(21, "IQ3_S", 256, 110),
            new(22, "IQ2_S", 256, 82),
            new(23, "IQ4_XS", 256, 136),
            new(24, "I8", 1, 1),
            new(25, "I16", 1, 2),
            new(26, "I32", 1, 4),
            new(27, "I64", 1, 8),
            new(29, "IQ1_M", 256, 56),
            new(34, "TQ1_0", 256, 54),
            new(35, "TQ2_0", 256, 66),
            new(39, "MXFP4", 32, 17),
            new(40, "NVFP4", 64, 36),
            new(41, "Q1_0", 128, 18),
            new(42, "Q2_0", 64, 18),
        ];
        var read = Enum.GetValues<GgmlType>().Select(type =>
            new GgufStoredType((uint)type, type.ToString(), GgmlTypes.BlockLength(type), GgmlTypes.BlockBytes(type)));
        var table = new GgufStoredType?[43];
        foreach (var type in unread.Concat(read))
        {
            table[type.Number] = type;
        }

        return table;
    }
}
