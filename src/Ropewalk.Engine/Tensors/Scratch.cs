namespace Ropewalk.Engine.Tensors;

/// <summary>Working memory of one thread: a few named slots that grow and are reused, so that kernels allocate nothing per call.</summary>
internal sealed unsafe class Scratch
{
    [ThreadStatic]
    private static Scratch? s_current;

    private readonly NativeBuffer<float>?[] _slots = new NativeBuffer<float>?[(int)Slot.Count];

    /// <summary>What a slot holds while a kernel runs. Two uses that may overlap in time have two slots.</summary>
    internal enum Slot
    {
        /// <summary>Packed rows of a matrix product's left side.</summary>
        PackedRows,

        /// <summary>One block of a weight panel, widened to float32.</summary>
        WidenedPanel,

        /// <summary>Eight rows of a block type, decoded.</summary>
        DecodedRows,

        /// <summary>Hidden rows of a short pass.</summary>
        Hidden,

        /// <summary>Rows after a norm.</summary>
        Normalized,

        /// <summary>Queries, then attention's output.</summary>
        Queries,

        /// <summary>Keys of a chunk.</summary>
        Keys,

        /// <summary>Values of a chunk.</summary>
        Values,

        /// <summary>What a layer will add, before its norm.</summary>
        Projected,

        /// <summary>Gate of the gated MLP.</summary>
        Gate,

        /// <summary>Up projection of the gated MLP.</summary>
        Up,

        /// <summary>Attention's transposed queries, scores and output.</summary>
        Attention,

        /// <summary>A block of keys, then of values, widened to float32.</summary>
        WidenedKeys,

        /// <summary>One head's key, turned, before it is stored in 16 bits.</summary>
        TurnedKey,

        /// <summary>Logits of a few rows.</summary>
        Logits,

        /// <summary>One head's packed rows and blocks while it is trained.</summary>
        TrainedHead,

        /// <summary>Partial sums of a gradient.</summary>
        PartialSums,

        /// <summary>How many slots there are.</summary>
        Count,
    }

    /// <summary>The scratch memory of the calling thread.</summary>
    public static Scratch Current => s_current ??= new Scratch();

    /// <summary>At least <paramref name="length"/> floats, with whatever the last use left in them.</summary>
    public float* Get(Slot slot, long length)
    {
        ref var buffer = ref _slots[(int)slot];
        if (buffer is null || buffer.Length < length)
        {
            buffer?.Dispose();
            buffer = new NativeBuffer<float>(length);
        }

        return buffer.Pointer;
    }
}
