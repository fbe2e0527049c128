using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Hidden rows of one pass: few of them in the thread's own memory, so that a token allocates nothing; many in a block that is
/// freed with the pass.</summary>
internal readonly unsafe struct HiddenRows : IDisposable
{
    private readonly NativeBuffer<float>? _owned;

    /// <summary>Takes room for so many rows.</summary>
    public HiddenRows(int numRows, int width)
    {
        var length = (long)numRows * width;
        _owned = numRows > MatMul.RowBlock ? new NativeBuffer<float>(length) : null;
        Pointer = _owned is null ? Scratch.Current.Get(Scratch.Slot.Hidden, length) : _owned.Pointer;
    }

    /// <summary>[T, D].</summary>
    public float* Pointer { get; }

    /// <inheritdoc />
    public void Dispose() => _owned?.Dispose();
}
