using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>What a model's weights take in memory, known before any of it is allocated.</summary>
internal static class MemoryNeed
{
    /// <summary>Bytes of the weights once they are loaded. Blocks of a mapped file take none: the system may drop their pages at any time.</summary>
    public static long Of(IEnumerable<CheckpointTensor> tensors) => tensors.Sum(Of);

    /// <summary>Refuses a model that this machine cannot hold.</summary>
    /// <param name="file">To name in the error.</param>
    /// <param name="tensors">All that will be loaded.</param>
    /// <exception cref="UnsupportedCheckpointException">It takes more than the machine's memory.</exception>
    public static void Require(string file, IReadOnlyCollection<CheckpointTensor> tensors)
    {
        var bytes = Of(tensors);
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > available)
        {
            throw new UnsupportedCheckpointException(file, "weights", $"a model of {bytes / 1e9:F1} GB in memory", $"what fits into this machine's {available / 1e9:F1} GB");
        }
    }

    private static unsafe long Of(CheckpointTensor tensor)
    {
        if (tensor.Shape.Length == 1)
        {
            return tensor.Columns * sizeof(float);
        }

        var bytes = tensor.Shape.SkipLast(1).Aggregate(tensor.RowBytes, (product, extent) => checked(product * extent));
        return tensor.Type == GgmlType.F64 ? bytes / 2
            : GgmlTypes.IsQuantized(tensor.Type) && tensor.Mapped is not null ? 0
            : bytes;
    }
}
