using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Keys and values of the tokens so far, packed as attention reads them: keys [S/8][K][8], already turned by the one
/// rotary table that the sequence has (once for each of its sets of keys), and values [K/8][S][8], for each layer and key-value head. A cache for one pass over a
/// window holds a single layer's, which every layer overwrites; a cache for generation holds every layer's.</summary>
public sealed unsafe class KeyValueCache : IDisposable
{
    private readonly NativeBuffer<byte>[] _keys;
    private readonly NativeBuffer<byte>[] _values;

    /// <summary>Allocates a cache.</summary>
    /// <param name="shape">The model's sizes.</param>
    /// <param name="capacity">Tokens that it can hold.</param>
    /// <param name="singlePass">Whether the layers share one store: then the whole sequence goes through in one forward.</param>
    /// <param name="type">F32, which loses nothing; F16 or BF16, half the memory and half the time to read it, each number rounded to 11 or 8
    /// bits (F16 also to at most 65,504).</param>
    /// <param name="numKeySets">How many times each key is kept, turned in another way: <see cref="RotaryTable.NumKeySets"/> of the sequence.</param>
    public KeyValueCache(ModelShape shape, int capacity, bool singlePass, GgmlType type = GgmlType.F32, int numKeySets = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numKeySets, 1);
        if (type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "expected F32, F16 or BF16");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SinglePass = singlePass;
        Capacity = (capacity + 7) / 8 * 8;
        PaddedHeadWidth = (shape.HeadWidth + 7) / 8 * 8;
        Type = type;
        HeadBytes = (long)PaddedHeadWidth * Capacity * (type == GgmlType.F32 ? sizeof(float) : sizeof(ushort));
        NumKeySets = numKeySets;
        var bytes = shape.NumKeyValueHeads * HeadBytes;
        var layers = singlePass ? 1 : shape.NumLayers;
        _keys = [.. Enumerable.Range(0, layers).Select(_ => new NativeBuffer<byte>(bytes * numKeySets))];
        _values = [.. Enumerable.Range(0, layers).Select(_ => new NativeBuffer<byte>(bytes))];
    }

    /// <summary>Tokens that fit, a multiple of 8.</summary>
    public int Capacity { get; }

    /// <summary>Tokens held.</summary>
    public int Length { get; internal set; }

    /// <summary>Type of the numbers.</summary>
    public GgmlType Type { get; }

    /// <summary>How many times each key is kept.</summary>
    public int NumKeySets { get; }

    /// <summary>Whether the layers share one store.</summary>
    public bool SinglePass { get; }

    /// <summary>Head width rounded up to a multiple of 8.</summary>
    internal int PaddedHeadWidth { get; }

    /// <summary>Forgets all tokens from an index on.</summary>
    /// <param name="length">Tokens that stay, 0 to <see cref="Length"/>.</param>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }
    }

    private long HeadBytes { get; }

    /// <summary>Keys of one head, turned for one set of a plan, and its values.</summary>
    internal HeadPanels Panels(int layer, int head, int keySet)
    {
        var store = SinglePass ? 0 : layer;
        return new HeadPanels(
            (nint)(_keys[store].Pointer + (((head * NumKeySets) + keySet) * HeadBytes)), (nint)(_values[store].Pointer + (head * HeadBytes)), Type, Capacity, PaddedHeadWidth);
    }
}
