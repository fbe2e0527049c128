using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Tensors;

/// <summary>A weight W[rows, columns] (output by input width), stored once as panels of 48 rows, each [columns][width]:
/// the order in which the micro-kernel reads it. The last panel is 16, 32 or 48 wide and padded with zeros.</summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    private readonly NativeBuffer<float>? _singles;
    private readonly NativeBuffer<ushort>? _halves;

    /// <summary>Allocates a matrix of zeros.</summary>
    /// <param name="rows">Output width, at least 1.</param>
    /// <param name="columns">Input width, at least 1.</param>
    /// <param name="type">Stored type.</param>
    public PackedMatrix(int rows, int columns, PanelType type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
        Type = type;
        var last = rows % MicroKernel.Columns;
        var length = (((long)rows / MicroKernel.Columns * MicroKernel.Columns) + (last == 0 ? 0 : MicroKernel.PanelWidth(last))) * columns;
        if (type == PanelType.Float32)
        {
            _singles = new NativeBuffer<float>(length);
        }
        else
        {
            _halves = new NativeBuffer<ushort>(length);
        }
    }

    /// <summary>Output width N.</summary>
    public int Rows { get; }

    /// <summary>Input width K.</summary>
    public int Columns { get; }

    /// <summary>Stored type.</summary>
    public PanelType Type { get; }

    /// <summary>Panels of up to 48 rows.</summary>
    public int NumPanels => (Rows + MicroKernel.Columns - 1) / MicroKernel.Columns;

    /// <summary>Bytes held.</summary>
    public long SizeBytes => (_singles?.Length * sizeof(float)) ?? (_halves!.Length * sizeof(ushort));

    /// <summary>Packs up to 48 rows of W.</summary>
    /// <param name="panel">Which panel: rows 48 panel .. 48 panel + 47.</param>
    /// <param name="rowsNK">Those rows, row-major. For a BFloat16 matrix each number must be exactly representable; the lower bits are dropped.</param>
    public void SetPanel(int panel, ReadOnlySpan<float> rowsNK)
    {
        var numRows = RowsOf(panel);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rowsNK.Length, numRows * Columns);
        var width = WidthOf(panel);
        var start = StartOf(panel);
        for (var row = 0; row < numRows; row++)
        {
            var source = rowsNK.Slice(row * Columns, Columns);
            if (_singles is not null)
            {
                var target = _singles.Pointer + start + row;
                for (var k = 0; k < source.Length; k++, target += width)
                {
                    *target = source[k];
                }
            }
            else
            {
                var target = _halves!.Pointer + start + row;
                for (var k = 0; k < source.Length; k++, target += width)
                {
                    *target = (ushort)(BitConverter.SingleToUInt32Bits(source[k]) >> 16);
                }
            }
        }
    }

    /// <summary>Copies one row of W, as an embedding lookup does.</summary>
    public void CopyRow(int row, Span<float> destinationK)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        var panel = row / MicroKernel.Columns;
        var width = WidthOf(panel);
        var start = StartOf(panel) + (row % MicroKernel.Columns);
        for (var k = 0; k < Columns; k++)
        {
            var at = start + ((long)k * width);
            destinationK[k] = _singles is not null ? _singles.Pointer[at] : Bfloat16.ToSingle(_halves!.Pointer[at]);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _singles?.Dispose();
        _halves?.Dispose();
    }

    /// <summary>Rows of W in a panel: 48, or fewer in the last.</summary>
    internal int RowsOf(int panel) => Math.Min(MicroKernel.Columns, Rows - (panel * MicroKernel.Columns));

    /// <summary>Floats from one step of depth to the next in a panel.</summary>
    internal int WidthOf(int panel) => MicroKernel.PanelWidth(RowsOf(panel));

    /// <summary>Depth steps [depth, depth + count) of a panel as float32; a BFloat16 panel is widened into <paramref name="scratch"/>.</summary>
    internal float* Block(int panel, int depth, int count, float* scratch)
    {
        var width = WidthOf(panel);
        var start = StartOf(panel) + ((long)depth * width);
        if (_singles is not null)
        {
            return _singles.Pointer + start;
        }

        Bfloat16.ToSingle(_halves!.Span(start, count * width), new Span<float>(scratch, count * width));
        return scratch;
    }

    private long StartOf(int panel) => (long)panel * MicroKernel.Columns * Columns;
}
