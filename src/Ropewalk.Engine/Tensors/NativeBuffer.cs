using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tensors;

/// <summary>A zeroed block of unmanaged memory, aligned to 64 bytes, of any length; freed on disposal.</summary>
/// <typeparam name="T">Element type.</typeparam>
public sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const nuint LargeBytes = 1 << 30;
    private T* _pointer;

    /// <summary>Allocates <paramref name="length"/> zeroed elements.</summary>
    /// <exception cref="OutOfMemoryException">The system has not that much memory.</exception>
    public NativeBuffer(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        var bytes = checked((nuint)Math.Max(length, 1) * (nuint)sizeof(T));
        if (bytes > LargeBytes && bytes > (nuint)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
        {
            // Systems that promise more memory than they have would end the process when the block is cleared: the same failure as the
            // allocation's own, so the same family of exception.
#pragma warning disable MA0012
            throw new InsufficientMemoryException($"{bytes} bytes asked for");
#pragma warning restore MA0012
        }

        _pointer = (T*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_pointer, bytes);
    }

    /// <summary>Frees the memory of a buffer that nobody disposed of.</summary>
    ~NativeBuffer() => Free();

    /// <summary>Elements.</summary>
    public long Length { get; }

    /// <summary>First element; invalid after disposal.</summary>
    public T* Pointer => _pointer;

    /// <summary>A view of part of the buffer.</summary>
    public Span<T> Span(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + length, Length);
        return new Span<T>(_pointer + start, length);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_pointer != null)
        {
            NativeMemory.AlignedFree(_pointer);
            _pointer = null;
        }
    }
}
