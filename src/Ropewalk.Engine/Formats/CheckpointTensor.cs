using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Formats;

/// <summary>A tensor of an open checkpoint, read row by row as it is stored.</summary>
/// <param name="name">Its name in Hugging Face's convention.</param>
/// <param name="file">The file it lies in, for errors.</param>
/// <param name="shape">Extents, outermost first.</param>
public abstract class CheckpointTensor(string name, string file, long[] shape)
{
    /// <summary>Its name in Hugging Face's convention.</summary>
    public string Name { get; } = name;

    /// <summary>The file it lies in.</summary>
    public string File { get; } = file;

    /// <summary>Extents, outermost first. Not to be changed.</summary>
    public long[] Shape { get; } = shape;

    /// <summary>How its numbers are stored.</summary>
    /// <exception cref="UnsupportedCheckpointException">They are stored in a way that is not calculated with.</exception>
    public abstract GgmlType Type { get; }

    /// <summary>Product of the extents.</summary>
    public long Elements => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Rows over all outer extents.</summary>
    public long NumRows => Columns == 0 ? 0 : Elements / Columns;

    /// <summary>Numbers of a row: the innermost extent.</summary>
    public long Columns => Shape.Length == 0 ? 1 : Shape[^1];

    /// <summary>Bytes of a row.</summary>
    public long RowBytes => GgmlTypes.RowBytes(Type, Columns);

    /// <summary>Reads consecutive rows as they are stored.</summary>
    /// <param name="firstRow">First row, counted over all outer extents.</param>
    /// <param name="bytes">Filled completely: a multiple of <see cref="RowBytes"/>.</param>
    public abstract void ReadRows(long firstRow, Span<byte> bytes);

    /// <summary>The first byte of the first row in mapped memory, and the order in which rows lie there; null when the file is not mapped.</summary>
    internal virtual unsafe byte* Mapped => null;

    /// <summary>Where each row lies among the stored rows; null when they lie in order.</summary>
    internal virtual int[]? RowOrder => null;
}
