using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Loops over rows on all processors, in chunks that do not depend on the threads.</summary>
internal static class Rows
{
    /// <summary>Rows of a chunk.</summary>
    public const int ChunkRows = 64;

    /// <summary>Chunks of some rows.</summary>
    public static int NumChunks(int numRows) => (numRows + ChunkRows - 1) / ChunkRows;

    /// <summary>Calls <paramref name="body"/> with first row and number of rows.</summary>
    public static void ForChunks(int numRows, Action<int, int> body) =>
        WorkerPool.For(NumChunks(numRows), chunk => body(chunk * ChunkRows, Math.Min(ChunkRows, numRows - (chunk * ChunkRows))));
}
