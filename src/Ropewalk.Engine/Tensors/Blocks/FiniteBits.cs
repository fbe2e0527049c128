using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tensors;

/// <summary>Looks for infinities and NaN by their bits: an exponent that is all ones.</summary>
internal static class FiniteBits
{
    /// <summary>The exponent of a half-precision number.</summary>
    public const ushort HalfExponent = 0x7C00;

    /// <summary>Whether any number has all bits of <paramref name="exponent"/>.</summary>
    public static bool AnyHasAll<T>(ReadOnlySpan<T> bits, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var i = 0;
        var mask = new Vector<T>(exponent);
        ref var source = ref MemoryMarshal.GetReference(bits);
        for (; i <= bits.Length - Vector<T>.Count; i += Vector<T>.Count)
        {
            if (Vector.EqualsAny(Vector.LoadUnsafe(ref source, (nuint)i) & mask, mask))
            {
                return true;
            }
        }

        for (; i < bits.Length; i++)
        {
            if ((bits[i] & exponent) == exponent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the half-precision number at <paramref name="offset"/> of each block is finite.</summary>
    public static bool HalvesAreFinite(ReadOnlySpan<byte> blocks, int blockBytes, int offset)
    {
        for (var at = offset; at < blocks.Length; at += blockBytes)
        {
            if ((BinaryPrimitives.ReadUInt16LittleEndian(blocks[at..]) & HalfExponent) == HalfExponent)
            {
                return false;
            }
        }

        return true;
    }
}
