using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Looks for numbers that are not finite in every tensor of a checkpoint.</summary>
public static class TensorCheck
{
    /// <summary>Tensors with NaN or infinity, in the files' order.</summary>
    /// <param name="checkpoint">An open checkpoint; its tensors are read row by row.</param>
    /// <param name="stop">Ends it between rows.</param>
    /// <returns>Name, how many numbers, and the first one's index in row-major order.</returns>
    public static IEnumerable<(string Name, long Count, long First)> NonFinite(Checkpoint checkpoint, CancellationToken stop = default)
    {
        foreach (var name in checkpoint.TensorNames)
        {
            var tensor = checkpoint.Find(name)!;
            var columns = tensor.Columns;
            var bytes = new byte[tensor.RowBytes];
            var values = new float[columns];
            var (count, first) = (0L, -1L);
            for (var row = 0L; row < tensor.NumRows; row++)
            {
                stop.ThrowIfCancellationRequested();
                tensor.ReadRows(row, bytes);
                if (Blocks.IsFinite(tensor.Type, bytes))
                {
                    continue;
                }

                Blocks.ToSingle(tensor.Type, bytes, 0, values);
                for (var i = 0; i < values.Length; i++)
                {
                    if (!float.IsFinite(values[i]))
                    {
                        first = count == 0 ? (row * columns) + i : first;
                        count++;
                    }
                }
            }

            if (count > 0)
            {
                yield return (name, count, first);
            }
        }
    }
}
