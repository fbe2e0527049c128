using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Tensors;

/// <summary>A weight W[rows, columns] (output by input width) kept in its stored type. Floating-point types are panels of 48 rows, each
/// [columns][width]: the order in which the micro-kernel reads it; the last panel is 16, 32 or 48 wide and padded with zeros. Q8_0 is panels
/// too; other block types are the file's rows, and so is Q8_0 in a mapped file. What is not float32 is widened part by part while it is used.</summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly NativeBuffer<float>? _singles;
    private readonly NativeBuffer<ushort>? _halves;
    private readonly BlockRows? _blocks;
    private readonly Q8Panels? _bytes;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">Output width, at least 1.</param>
    /// <param name="columns">Input width, at least 1; whole blocks of a block type.</param>
    /// <param name="type">Stored type: any but F64.</param>
    public PackedMatrix(int rows, int columns, GgmlType type)
        : this(rows, columns, type, GgmlTypes.IsQuantized(type) && type != GgmlType.Q8_0 ? new BlockRows(rows, columns, type) : null)
    {
        var last = rows % MicroKernel.Columns;
        var length = (((long)rows / MicroKernel.Columns * MicroKernel.Columns) + (last == 0 ? 0 : MicroKernel.PanelWidth(last))) * columns;
        switch (type)
        {
            case GgmlType.F32:
                _singles = new NativeBuffer<float>(length);
                break;
            case GgmlType.F16 or GgmlType.BF16:
                _halves = new NativeBuffer<ushort>(length);
                break;
            case GgmlType.Q8_0:
                _bytes = new Q8Panels(rows, columns);
                break;
            case GgmlType.F64:
                throw new ArgumentOutOfRangeException(nameof(type), type, "doubles are packed as F32");
        }
    }

    private PackedMatrix(int rows, int columns, GgmlType type, BlockRows? blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
        Type = type;
        _blocks = blocks;
    }

    /// <summary>Output width N.</summary>
    public int Rows { get; }

    /// <summary>Input width K.</summary>
    public int Columns { get; }

    /// <summary>Stored type.</summary>
    public GgmlType Type { get; }

    /// <summary>Panels of up to 48 rows.</summary>
    public int NumPanels => (Rows + MicroKernel.Columns - 1) / MicroKernel.Columns;

    /// <summary>Bytes of the numbers, whoever holds them.</summary>
    public long SizeBytes => (_singles?.Length * sizeof(float)) ?? (_halves?.Length * sizeof(ushort)) ?? (Rows * GgmlTypes.RowBytes(Type, Columns));

    /// <summary>A matrix over rows of blocks that belong to someone else, a mapped file for one; disposing of it leaves them alone.</summary>
    /// <param name="data">First row. The memory must outlive the matrix and hold every row.</param>
    /// <param name="rows">Output width, at least 1.</param>
    /// <param name="columns">Input width, whole blocks.</param>
    /// <param name="type">A block type.</param>
    /// <param name="rowOrder">Which row of <paramref name="data"/> each row is, where they are not in order.</param>
    public static PackedMatrix Over(byte* data, int rows, int columns, GgmlType type, int[]? rowOrder)
    {
        if (!GgmlTypes.IsQuantized(type))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "not a block type");
        }

        if (rowOrder is not null && (rowOrder.Length != rows || rowOrder.Any(r => r < 0)))
        {
            throw new ArgumentException($"{rowOrder.Length} row numbers for {rows} rows, expected one each and none below 0", nameof(rowOrder));
        }

        return new PackedMatrix(rows, columns, type, new BlockRows(data, columns, type, rowOrder));
    }

    /// <summary>Packs up to 48 rows of W, of a floating-point type.</summary>
    /// <param name="panel">Which panel: rows 48 panel .. 48 panel + 47.</param>
    /// <param name="rowsNK">Those rows, row-major; rounded to the nearest number of the stored type.</param>
    public void SetPanel(int panel, ReadOnlySpan<float> rowsNK)
    {
        ThrowIfNotPanel(panel, rowsNK.Length);
        var bits = _singles is null ? new ushort[Columns] : [];
        for (var row = 0; row < RowsOf(panel); row++)
        {
            var values = rowsNK.Slice(row * Columns, Columns);
            if (_singles is not null)
            {
                Spread(panel, row, values, _singles.Pointer);
                continue;
            }

            if (Type == GgmlType.F16)
            {
                Float16.FromSingle(values, bits);
            }
            else
            {
                Bfloat16.FromSingle(values, bits);
            }

            Spread(panel, row, bits, _halves!.Pointer);
        }
    }

    /// <summary>Packs up to 48 rows of W, of a type of 16 bits, from its bits.</summary>
    /// <param name="panel">Which panel: rows 48 panel .. 48 panel + 47.</param>
    /// <param name="rowsNK">Those rows, row-major.</param>
    public void SetPanel(int panel, ReadOnlySpan<ushort> rowsNK)
    {
        if (_halves is null)
        {
            throw new InvalidOperationException($"{Type} is not stored as panels of 16-bit numbers");
        }

        ThrowIfNotPanel(panel, rowsNK.Length);
        for (var row = 0; row < RowsOf(panel); row++)
        {
            Spread(panel, row, rowsNK.Slice(row * Columns, Columns), _halves.Pointer);
        }
    }

    /// <summary>Stores rows of W, of a block type.</summary>
    /// <param name="firstRow">First row.</param>
    /// <param name="bytes">Whole rows, as a file holds them.</param>
    public void SetRows(int firstRow, ReadOnlySpan<byte> bytes)
    {
        if (!GgmlTypes.IsQuantized(Type))
        {
            throw new InvalidOperationException($"{Type} is not a block type");
        }

        var rowBytes = GgmlTypes.RowBytes(Type, Columns);
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length % rowBytes, 0, nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow + (bytes.Length / rowBytes), Rows, nameof(bytes));
        _blocks?.Set(firstRow, bytes);
        _bytes?.Set(firstRow, bytes);
    }

    /// <summary>Copies one row of W as float32, as an embedding lookup does.</summary>
    public void CopyRow(int row, Span<float> destinationK)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(destinationK.Length, Columns, nameof(destinationK));
        if (GgmlTypes.IsQuantized(Type))
        {
            fixed (float* destination = destinationK)
            {
                _blocks?.CopyRow(row, destination);
                _bytes?.CopyRow(row, destination);
            }

            return;
        }

        var panel = row / MicroKernel.Columns;
        var width = WidthOf(panel);
        var at = StartOf(panel) + (row % MicroKernel.Columns);
        for (var k = 0; k < Columns; k++, at += width)
        {
            destinationK[k] = Type switch
            {
                GgmlType.F32 => _singles!.Pointer[at],
                GgmlType.F16 => Float16.ToSingle(_halves!.Pointer[at]),
                _ => Bfloat16.ToSingle(_halves!.Pointer[at]),
            };
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _singles?.Dispose();
        _halves?.Dispose();
        _blocks?.Dispose();
        _bytes?.Dispose();
    }

    /// <summary>Rows of W in a panel: 48, or fewer in the last.</summary>
    internal int RowsOf(int panel) => Math.Min(MicroKernel.Columns, Rows - (panel * MicroKernel.Columns));

    /// <summary>Floats from one step of depth to the next in a panel.</summary>
    internal int WidthOf(int panel) => MicroKernel.PanelWidth(RowsOf(panel));

    /// <summary>Q8_0 in panels, where this is that.</summary>
    internal Q8Panels? Bytes => _bytes;

    /// <summary>A panel of 16-bit numbers from a depth on, or null.</summary>
    internal ushort* HalvesAt(int panel, int depth) => _halves is null ? null : _halves.Pointer + StartOf(panel) + ((long)depth * WidthOf(panel));

    /// <summary>Depth steps [depth, depth + count) of a panel as float32 [count][width]; what is not stored so is widened into
    /// <paramref name="scratch"/>. For a block type both ends are multiples of <see cref="Blocks.Unit"/>.</summary>
    internal float* Block(int panel, int depth, int count, float* scratch)
    {
        var width = WidthOf(panel);
        if (_blocks is not null)
        {
            _blocks.Widen(panel * MicroKernel.Columns, RowsOf(panel), width, depth, count, scratch);
            return scratch;
        }

        if (_bytes is not null)
        {
            _bytes.Widen(panel, depth, count, scratch);
            return scratch;
        }

        var start = StartOf(panel) + ((long)depth * width);
        if (_singles is not null)
        {
            return _singles.Pointer + start;
        }

        var bits = _halves!.Span(start, count * width);
        var widened = new Span<float>(scratch, count * width);
        if (Type == GgmlType.F16)
        {
            Float16.ToSingle(bits, widened);
        }
        else
        {
            Bfloat16.ToSingle(bits, widened);
        }

        return scratch;
    }

    private void ThrowIfNotPanel(int panel, int length)
    {
        if (GgmlTypes.IsQuantized(Type))
        {
            throw new InvalidOperationException($"{Type} is not stored as panels of numbers");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(panel);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(panel, NumPanels);
        ArgumentOutOfRangeException.ThrowIfNotEqual(length, RowsOf(panel) * Columns);
    }

    /// <summary>Puts one row into its column of a panel.</summary>
    private void Spread<T>(int panel, int row, ReadOnlySpan<T> rowK, T* panels)
        where T : unmanaged
    {
        var width = WidthOf(panel);
        var target = panels + StartOf(panel) + row;
        for (var k = 0; k < rowK.Length; k++, target += width)
        {
            *target = rowK[k];
        }
    }

    private long StartOf(int panel) => (long)panel * MicroKernel.Columns * Columns;
}
