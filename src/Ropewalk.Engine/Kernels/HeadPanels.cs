using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Keys and values of one head as attention reads them: keys [S/8][K][8], already turned, and values [K/8][capacity][8], with K
/// rounded up to a multiple of 8 by zeros; float32, or 16 bits that are widened block by block.</summary>
/// <param name="Keys">First key.</param>
/// <param name="Values">First value.</param>
/// <param name="Type">F32, F16 or BF16.</param>
/// <param name="Capacity">Keys that there is room for.</param>
/// <param name="PaddedHeadWidth">K rounded up.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly unsafe record struct HeadPanels(nint Keys, nint Values, GgmlType Type, long Capacity, int PaddedHeadWidth)
{
    /// <summary>Bytes of a number.</summary>
    public int Size => Type == GgmlType.F32 ? sizeof(float) : sizeof(ushort);

    /// <summary>Tiles of 8 keys from a multiple of 8 on, address of what is stored.</summary>
    public byte* KeysAt(long first) => (byte*)Keys + (first * PaddedHeadWidth * Size);

    /// <summary>Group of 8 entries of the values from a key on, address of what is stored.</summary>
    public byte* ValuesAt(int group, long first) => (byte*)Values + (((group * Capacity) + first) * 8 * Size);

    /// <summary>The numbers at an address as float32: where they are, or widened into <paramref name="scratch"/>.</summary>
    public float* AsSingles(byte* from, int count, float* scratch)
    {
        switch (Type)
        {
            case GgmlType.F32:
                return (float*)from;
            case GgmlType.F16:
                Float16.ToSingle(new ReadOnlySpan<ushort>(from, count), new Span<float>(scratch, count));
                return scratch;
            default:
                Bfloat16.ToSingle(new ReadOnlySpan<ushort>(from, count), new Span<float>(scratch, count));
                return scratch;
        }
    }

    /// <summary>Where a float32 key goes: entry k to [8 k]. Null for other types.</summary>
    public float* SinglesOf(long position) => Type == GgmlType.F32 ? (float*)Keys + KeyLane(position) : null;

    /// <summary>Stores one key's K numbers, a lane of its tile.</summary>
    public void SetKey(long position, ReadOnlySpan<float> key)
    {
        var first = KeyLane(position);
        for (var k = 0; k < key.Length; k++)
        {
            if (Type == GgmlType.F32)
            {
                ((float*)Keys)[first + (k * 8)] = key[k];
            }
            else
            {
                ((ushort*)Keys)[first + (k * 8)] = Narrow(key[k]);
            }
        }
    }

    /// <summary>Reads one key's K numbers.</summary>
    public void CopyKey(long position, Span<float> key)
    {
        var first = KeyLane(position);
        for (var k = 0; k < key.Length; k++)
        {
            key[k] = Type switch
            {
                GgmlType.F32 => ((float*)Keys)[first + (k * 8)],
                GgmlType.F16 => Float16.ToSingle(((ushort*)Keys)[first + (k * 8)]),
                _ => Bfloat16.ToSingle(((ushort*)Keys)[first + (k * 8)]),
            };
        }
    }

    /// <summary>Stores one value's K numbers, 8 in a row.</summary>
    public void SetValue(long position, ReadOnlySpan<float> value)
    {
        for (var k = 0; k < value.Length; k += 8)
        {
            var group = value.Slice(k, Math.Min(8, value.Length - k));
            var to = ValuesAt(k / 8, position);
            if (Type == GgmlType.F32)
            {
                group.CopyTo(new Span<float>(to, 8));
                continue;
            }

            for (var lane = 0; lane < group.Length; lane++)
            {
                ((ushort*)to)[lane] = Narrow(group[lane]);
            }
        }
    }

    private long KeyLane(long position) => (position / 8 * 8 * PaddedHeadWidth) + (position % 8);

    // A half has no room beyond 65,504: an infinity would turn every later logit into NaN.
    private ushort Narrow(float number) =>
        Type == GgmlType.F16 ? Float16.FromSingle(Math.Clamp(number, -65504f, 65504f)) : Bfloat16.FromSingle(number);
}
