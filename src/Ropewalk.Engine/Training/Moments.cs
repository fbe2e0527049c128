using System.Runtime.InteropServices;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>One moment of a parameter, as float32 or bfloat16.</summary>
internal sealed unsafe class Moments : IDisposable
{
    private readonly NativeBuffer<float>? _singles;
    private readonly NativeBuffer<ushort>? _halves;

    /// <summary>Allocates zeros.</summary>
    public Moments(long length, bool isShort)
    {
        _singles = isShort ? null : new NativeBuffer<float>(length);
        _halves = isShort ? new NativeBuffer<ushort>(length) : null;
    }

    /// <summary>Some numbers as float32: where they are, or widened into <paramref name="scratch"/>.</summary>
    public Span<float> Read(long first, Span<float> scratch)
    {
        if (_singles is not null)
        {
            return _singles.Span(first, scratch.Length);
        }

        Bfloat16.ToSingle(_halves!.Span(first, scratch.Length), scratch);
        return scratch;
    }

    /// <summary>Takes back what <see cref="Read"/> gave. To bfloat16 a number is rounded up with the chance of its distance from the lower
    /// neighbour: the mean is kept, whatever the step.</summary>
    /// <param name="first">First number.</param>
    /// <param name="values">The numbers.</param>
    /// <param name="seed">Chooses the roundings, another one for each step and moment.</param>
    public void Write(long first, ReadOnlySpan<float> values, ulong seed)
    {
        if (_halves is null)
        {
            return;
        }

        var target = _halves.Span(first, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            // SplitMix64's finalizer of the number's place: nothing to save, nothing that depends on the threads.
            var z = ((ulong)(first + i) * 0x9E3779B97F4A7C15) + seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            target[i] = (ushort)((BitConverter.SingleToUInt32Bits(values[i]) + (uint)((z ^ (z >> 31)) >> 48)) >> 16);
        }
    }

    /// <summary>For a file.</summary>
    public TensorSource Source(string name, long[] shape) => new(name, _singles is null ? StoredType.BF16 : StoredType.F32, shape, stream =>
    {
        const int Chunk = 1 << 16;
        for (long first = 0; first < (_singles?.Length ?? _halves!.Length); first += Chunk)
        {
            var count = (int)Math.Min(Chunk, (_singles?.Length ?? _halves!.Length) - first);
            stream.Write(_singles is null ? MemoryMarshal.AsBytes(_halves!.Span(first, count)) : MemoryMarshal.AsBytes(_singles.Span(first, count)));
        }
    });

    /// <summary>From a file.</summary>
    public void Load(SafetensorsFile file, string name, long[] shape)
    {
        var type = _singles is null ? StoredType.BF16 : StoredType.F32;
        var tensor = TrainingTensors.Find(file, name, type, shape);
        const int Chunk = 1 << 16;
        for (long first = 0; first < tensor.Elements; first += Chunk)
        {
            var count = (int)Math.Min(Chunk, tensor.Elements - first);
            file.ReadBytes(tensor, first * (_singles is null ? sizeof(ushort) : sizeof(float)), _singles is null ? MemoryMarshal.AsBytes(_halves!.Span(first, count)) : MemoryMarshal.AsBytes(_singles.Span(first, count)));
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _singles?.Dispose();
        _halves?.Dispose();
    }
}
