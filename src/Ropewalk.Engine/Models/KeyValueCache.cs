using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Keys and values of the tokens so far, packed as attention reads them: keys [S/8][K][8], already turned by the one
/// rotary table that the sequence has, and values [K/8][S][8], for each layer and key-value head. A cache for one pass over a
/// window holds a single layer's, which every layer overwrites; a cache for generation holds every layer's.</summary>
public sealed unsafe class KeyValueCache : IDisposable
{
    private readonly NativeBuffer<float>[] _keys;
    private readonly NativeBuffer<float>[] _values;

    /// <summary>Allocates a cache.</summary>
    /// <param name="shape">The model's sizes.</param>
    /// <param name="capacity">Tokens that it can hold.</param>
    /// <param name="singlePass">Whether the layers share one store: then the whole sequence goes through in one forward.</param>
    public KeyValueCache(ModelShape shape, int capacity, bool singlePass)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        SinglePass = singlePass;
        Capacity = (capacity + 7) / 8 * 8;
        PaddedHeadWidth = (shape.HeadWidth + 7) / 8 * 8;
        var length = (long)shape.NumKeyValueHeads * PaddedHeadWidth * Capacity;
        var layers = singlePass ? 1 : shape.NumLayers;
        _keys = [.. Enumerable.Range(0, layers).Select(_ => new NativeBuffer<float>(length))];
        _values = [.. Enumerable.Range(0, layers).Select(_ => new NativeBuffer<float>(length))];
    }

    /// <summary>Tokens that fit, a multiple of 8.</summary>
    public int Capacity { get; }

    /// <summary>Tokens held.</summary>
    public int Length { get; internal set; }

    /// <summary>Whether the layers share one store.</summary>
    public bool SinglePass { get; }

    /// <summary>Head width rounded up to a multiple of 8.</summary>
    internal int PaddedHeadWidth { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var buffer in _keys.Concat(_values))
        {
            buffer.Dispose();
        }
    }

    /// <summary>Keys of one head: [S/8][K][8].</summary>
    internal float* Keys(int layer, int head) => _keys[SinglePass ? 0 : layer].Pointer + ((long)head * PaddedHeadWidth * Capacity);

    /// <summary>Values of one head: [K/8][S][8].</summary>
    internal float* Values(int layer, int head) => _values[SinglePass ? 0 : layer].Pointer + ((long)head * PaddedHeadWidth * Capacity);
}
