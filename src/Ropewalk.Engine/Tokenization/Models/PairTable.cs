using System.Numerics;
using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tokenization;

/// <summary>A hash table from a pair of numbers to a number: open addressing, since the lookup of a pair is what byte-pair
/// encoding spends its time on.</summary>
internal sealed class PairTable
{
    private const ulong Free = ulong.MaxValue;

    // Differs from run to run, so that no file can be written whose pairs all fall on one place.
    private static readonly ulong Seed = (ulong)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2);

    // Key and value side by side: a large table is not in the cache, and one miss costs more than all the arithmetic.
    private readonly Slot[] _slots;
    private readonly int _mask;

    /// <param name="capacity">The most pairs that will be set.</param>
    public PairTable(int capacity)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 4) * 2);
        _slots = new Slot[size];
        Array.Fill(_slots, new Slot(Free, -1));
        _mask = size - 1;
    }

    /// <summary>Sets the value (0 or more) of a pair; the last one set wins.</summary>
    public void Set(int left, int right, long value)
    {
        Find(left, right) = new Slot(Key(left, right), value);
    }

    /// <summary>The pair's value, or -1.</summary>
    public long Get(int left, int right) => Find(left, right).Value;

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private ref Slot Find(int left, int right)
    {
        var key = Key(left, right);
        var hash = (key ^ Seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        var at = (int)(hash >> 32) & _mask;
        while (_slots[at].Key != key && _slots[at].Key != Free)
        {
            at = (at + 1) & _mask;
        }

        return ref _slots[at];
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Slot(ulong Key, long Value);
}
