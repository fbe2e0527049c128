using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Lends buffers for activations and gradients, and keeps them for the next step, which mostly wants the same lengths. What a step did not
/// use is freed at its end.</summary>
internal sealed class BufferPool : IDisposable
{
    private readonly Dictionary<long, Stack<NativeBuffer<float>>> _free = [];
    private readonly HashSet<long> _used = [];

    /// <summary>Bytes of all buffers, lent or kept.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>The most that <see cref="SizeBytes"/> has been.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>A buffer with whatever its last use left in it.</summary>
    public NativeBuffer<float> Rent(long length)
    {
        _used.Add(length);
        if (_free.TryGetValue(length, out var stack) && stack.TryPop(out var buffer))
        {
            return buffer;
        }

        buffer = new NativeBuffer<float>(length);
        SizeBytes += length * sizeof(float);
        PeakBytes = Math.Max(PeakBytes, SizeBytes);
        return buffer;
    }

    /// <summary>Takes a buffer back.</summary>
    public void Return(NativeBuffer<float> buffer)
    {
        if (!_free.TryGetValue(buffer.Length, out var stack))
        {
            _free[buffer.Length] = stack = new Stack<NativeBuffer<float>>();
        }

        stack.Push(buffer);
    }

    /// <summary>Ends a step.</summary>
    public void EndStep()
    {
        foreach (var (length, stack) in _free)
        {
            while (!_used.Contains(length) && stack.TryPop(out var buffer))
            {
                SizeBytes -= length * sizeof(float);
                buffer.Dispose();
            }
        }

        _used.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var buffer in _free.Values.SelectMany(s => s))
        {
            buffer.Dispose();
        }

        _free.Clear();
    }
}
