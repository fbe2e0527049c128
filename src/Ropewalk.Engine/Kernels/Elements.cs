using System.Numerics;
using System.Runtime.CompilerServices;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Element-wise work on long stretches, on all processors.</summary>
internal static unsafe class Elements
{
    private const int ChunkLength = 1 << 15;

    /// <summary>to = from.</summary>
    public static void Copy(float* from, float* to, long length) => ForChunks(length, (first, count) =>
        new ReadOnlySpan<float>(from + first, count).CopyTo(new Span<float>(to + first, count)));

    /// <summary>to += from.</summary>
    public static void Add(float* from, float* to, long length) => ForChunks(length, (first, count) => AddChunk(from + first, to + first, count));

    /// <summary>values *= factor.</summary>
    public static void Scale(float* values, float factor, long length) => ForChunks(length, (first, count) =>
    {
        for (var i = first; i < first + count; i++)
        {
            values[i] *= factor;
        }
    });

    /// <summary>sums[i] += the sum of column i over all rows, in rising order.</summary>
    /// <param name="rowsTD">Row-major.</param>
    /// <param name="numRows">T.</param>
    /// <param name="width">D.</param>
    /// <param name="sumsD">Added to.</param>
    public static void AddColumns(float* rowsTD, int numRows, int width, float* sumsD)
    {
        const int ColumnsOfTask = 64;
        WorkerPool.For((width + ColumnsOfTask - 1) / ColumnsOfTask, task =>
        {
            var first = task * ColumnsOfTask;
            var count = Math.Min(ColumnsOfTask, width - first);
            var sums = stackalloc float[ColumnsOfTask];
            new Span<float>(sums, ColumnsOfTask).Clear();
            for (var row = 0; row < numRows; row++)
            {
                AddChunk(rowsTD + ((long)row * width) + first, sums, count);
            }

            AddChunk(sums, sumsD + first, count);
        });
    }

    /// <summary>Calls <paramref name="body"/> with first index and count of chunks that do not depend on the threads.</summary>
    public static void ForChunks(long length, Action<long, int> body) => WorkerPool.For((int)((length + ChunkLength - 1) / ChunkLength), chunk =>
    {
        var first = (long)chunk * ChunkLength;
        body(first, (int)Math.Min(ChunkLength, length - first));
    });

    /// <summary>to += from, on the calling thread.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddChunk(float* from, float* to, int count)
    {
        var i = 0;
        for (; i <= count - Vector<float>.Count; i += Vector<float>.Count)
        {
            (Vector.Load(from + i) + Vector.Load(to + i)).Store(to + i);
        }

        for (; i < count; i++)
        {
            to[i] += from[i];
        }
    }
}
