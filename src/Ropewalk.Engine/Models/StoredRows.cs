using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>Writes a checkpoint's tensor in another type, with its rows in another order, a chunk at a time.</summary>
public static class StoredRows
{
    private const int ChunkBytes = 1 << 22;

    /// <summary>Writes a tensor.</summary>
    /// <param name="tensor">The source.</param>
    /// <param name="type">The type to write; the source's own copies its bytes.</param>
    /// <param name="stream">Receives exactly the tensor's bytes.</param>
    /// <param name="rowOrder">For each row to write, which of the source's rows it is; of a vector, which number. Null for the same order.</param>
    /// <param name="offset">Added to every number.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are written too.</param>
    /// <exception cref="CheckpointFormatException">A number is not finite, or not in the new type.</exception>
    public static void Write(CheckpointTensor tensor, GgmlType type, Stream stream, int[]? rowOrder = null, float offset = 0, bool allowNonFinite = false)
    {
        if (tensor.Shape.Length == 1)
        {
            WriteVector(tensor, type, stream, rowOrder, offset, allowNonFinite);
            return;
        }

        var columns = (int)tensor.Columns;
        var rowBytes = (int)tensor.RowBytes;
        var numRows = (int)tensor.NumRows;
        var rowsOfChunk = Math.Max(1, ChunkBytes / rowBytes);
        var bytes = new byte[Math.Min(numRows, rowsOfChunk) * rowBytes];
        var values = new float[columns];
        var encoded = new byte[GgmlTypes.RowBytes(type, columns)];
        for (var row = 0; row < numRows; row += rowsOfChunk)
        {
            var count = Math.Min(rowsOfChunk, numRows - row);
            var chunk = bytes.AsSpan(0, count * rowBytes);
            if (rowOrder is null)
            {
                tensor.ReadRows(row, chunk);
            }
            else
            {
                for (var i = 0; i < count; i++)
                {
                    tensor.ReadRows(rowOrder[row + i], chunk.Slice(i * rowBytes, rowBytes));
                }
            }

            if (!allowNonFinite && !Blocks.IsFinite(tensor.Type, chunk))
            {
                throw NotFinite(tensor);
            }

            if (type == tensor.Type && offset == 0)
            {
                stream.Write(chunk);
                continue;
            }

            for (var i = 0; i < count; i++)
            {
                Blocks.ToSingle(tensor.Type, chunk.Slice(i * rowBytes, rowBytes), 0, values);
                Encode(tensor, type, values, offset, encoded, allowNonFinite);
                stream.Write(encoded);
            }
        }
    }

    /// <summary>All numbers of a vector.</summary>
    public static float[] ReadVector(CheckpointTensor tensor)
    {
        var bytes = new byte[tensor.RowBytes];
        var values = new float[tensor.Columns];
        tensor.ReadRows(0, bytes);
        Blocks.ToSingle(tensor.Type, bytes, 0, values);
        return values;
    }

    private static void WriteVector(CheckpointTensor tensor, GgmlType type, Stream stream, int[]? order, float offset, bool allowNonFinite)
    {
        var values = ReadVector(tensor);
        if (!allowNonFinite && !values.All(float.IsFinite))
        {
            throw NotFinite(tensor);
        }

        var encoded = new byte[GgmlTypes.RowBytes(type, values.Length)];
        Encode(tensor, type, order is null ? values : [.. order.Select(i => values[i])], offset, encoded, allowNonFinite);
        stream.Write(encoded);
    }

    private static void Encode(CheckpointTensor tensor, GgmlType type, float[] values, float offset, byte[] encoded, bool allowNonFinite)
    {
        for (var i = 0; offset != 0 && i < values.Length; i++)
        {
            values[i] += offset;
        }

        Blocks.FromSingle(type, values, encoded);
        if (!allowNonFinite && !Blocks.IsFinite(type, encoded))
        {
            throw new CheckpointFormatException(
                tensor.File, tensor.Name, $"numbers as large as {values.Max(MathF.Abs)}", $"numbers that {type} can hold (bf16 and f32 reach further)");
        }
    }

    private static CheckpointFormatException NotFinite(CheckpointTensor tensor) =>
        new(tensor.File, tensor.Name, "NaN or infinity", "finite numbers (inspect --check-tensors lists where, --allow-nonfinite writes them)");
}
