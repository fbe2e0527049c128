using System.Runtime.CompilerServices;

namespace Ropewalk.Engine.Tensors;

/// <summary>The twelve bytes in which Q4_K and Q5_K keep a 6-bit scale and a 6-bit minimum for each of eight groups of 32 values.
/// Groups 0 to 3 have the lower six bits of bytes 0 to 3 (scales) and 4 to 7 (minima); groups 4 to 7 have the two halves of bytes 8 to 11 and,
/// as their upper two bits, those that the first eight bytes leave over.</summary>
internal static unsafe class PackedScales
{
    /// <summary>Scale and minimum of a group, each 0 to 63.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (int Scale, int Minimum) Of(byte* packed, int group) => group < 4
        ? (packed[group] & 63, packed[4 + group] & 63)
        : ((packed[4 + group] & 0x0F) | (packed[group - 4] >> 6 << 4), (packed[4 + group] >> 4) | (packed[group] >> 6 << 4));
}
