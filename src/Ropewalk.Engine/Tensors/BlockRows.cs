using System.Runtime.Intrinsics.X86;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Tensors;

/// <summary>Rows of a matrix in a block type, as a file holds them: one after the other, each whole blocks. Parts of a panel are decoded
/// and transposed while they are used.</summary>
internal sealed unsafe class BlockRows : IDisposable
{
    private const int CacheLine = 64;
    private readonly NativeBuffer<byte>? _owned;
    private readonly byte* _data;
    private readonly int[]? _order;
    private readonly GgmlType _type;
    private readonly int _columns;
    private readonly long _rowBytes;

    /// <summary>Rows of zeros in memory of their own.</summary>
    public BlockRows(int rows, int columns, GgmlType type)
        : this(null, columns, type, null)
    {
        _owned = new NativeBuffer<byte>(rows * _rowBytes);
        _data = _owned.Pointer;
    }

    /// <summary>Rows over memory that belongs to someone else: row r is row <paramref name="order"/>[r] there.</summary>
    public BlockRows(byte* data, int columns, GgmlType type, int[]? order)
    {
        if (columns % GgmlTypes.BlockLength(type) != 0)
        {
            throw new ArgumentException($"{columns} columns, expected a multiple of {type}'s {GgmlTypes.BlockLength(type)}", nameof(columns));
        }

        _data = data;
        _columns = columns;
        _type = type;
        _order = order;
        _rowBytes = GgmlTypes.RowBytes(type, columns);
    }

    /// <summary>Bytes of a row.</summary>
    public long RowBytes => _rowBytes;

    /// <summary>Overwrites rows from <paramref name="firstRow"/> on.</summary>
    public void Set(int firstRow, ReadOnlySpan<byte> bytes)
    {
        if (_owned is null)
        {
            throw new InvalidOperationException("the rows belong to someone else");
        }

        bytes.CopyTo(_owned.Span(firstRow * _rowBytes, bytes.Length));
    }

    /// <summary>Decodes one row.</summary>
    public void CopyRow(int row, float* destinationK) => Blocks.ToSingle(_type, Row(row), 0, _columns, destinationK);

    /// <summary>Decodes columns [depth, depth + count) of rows from <paramref name="firstRow"/> on into target[count][width].</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="numRows">Rows that exist; those up to <paramref name="width"/> become zeros.</param>
    /// <param name="width">Width of the panel, a multiple of 8.</param>
    /// <param name="depth">First column.</param>
    /// <param name="count">Columns, a multiple of 8.</param>
    /// <param name="target">count x width floats.</param>
    public void Widen(int firstRow, int numRows, int width, int depth, int count, float* target)
    {
        // Eight decoded rows stay in the first-level cache until they are transposed.
        var decoded = Scratch.Current.Get(Scratch.Slot.DecodedRows, MicroKernel.Rows * count);
        var start = GgmlTypes.RowBytes(_type, depth);
        var bytes = GgmlTypes.RowBytes(_type, depth + count + GgmlTypes.BlockLength(_type) - 1) - start;
        for (var row = 0; row < width; row += MicroKernel.Rows)
        {
            for (var i = 0; i < MicroKernel.Rows; i++)
            {
                if (row + i < numRows)
                {
                    if (row + i + MicroKernel.Rows < numRows)
                    {
                        Prefetch(Row(firstRow + row + i + MicroKernel.Rows) + start, bytes);
                    }

                    Blocks.ToSingle(_type, Row(firstRow + row + i), depth, count, decoded + (i * count));
                }
                else
                {
                    new Span<float>(decoded + (i * count), count).Clear();
                }
            }

            MatMul.TransposeTile(decoded, count, count, target + row, width);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _owned?.Dispose();

    /// <summary>Asks for memory ahead of its use: a few lines of each of many rows are no pattern that the processor foresees.</summary>
    private static void Prefetch(byte* data, long bytes)
    {
        if (Sse.IsSupported)
        {
            for (long i = 0; i < bytes; i += CacheLine)
            {
                Sse.Prefetch0(data + i);
            }
        }
    }

    private byte* Row(int row) => _data + ((_order is null ? row : _order[row]) * _rowBytes);
}
