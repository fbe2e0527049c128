using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;

namespace Ropewalk.Engine.Tensors;

/// <summary>Q8_0 in the order in which products read it: panels of 48 rows, and in a panel, for each 32 columns, the rows' scales and then
/// [32][width] bytes. As many bytes as the file's rows; a number is its byte times its scale, the same bits as <see cref="BlockQ80"/> gives.</summary>
internal sealed unsafe class Q8Panels : IDisposable
{
    /// <summary>Columns of a block.</summary>
    public const int BlockLength = 32;

    private const int BlockBytes = 34;
    private readonly NativeBuffer<byte> _bytes;
    private readonly int _rows;
    private readonly int _columns;

    /// <summary>Allocates zeros.</summary>
    public Q8Panels(int rows, int columns)
    {
        if (columns % BlockLength != 0)
        {
            throw new ArgumentException($"{columns} columns, expected a multiple of {BlockLength}", nameof(columns));
        }

        _rows = rows;
        _columns = columns;
        var last = rows % MicroKernel.Columns;
        var width = (rows / MicroKernel.Columns * MicroKernel.Columns) + (last == 0 ? 0 : MicroKernel.PanelWidth(last));
        _bytes = new NativeBuffer<byte>((long)width * RowBytes);
    }

    private long RowBytes => (long)_columns / BlockLength * BlockBytes;

    /// <summary>Takes rows as a file holds them.</summary>
    public void Set(int firstRow, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* source = bytes)
        {
            for (var row = firstRow; row < firstRow + (int)(bytes.Length / RowBytes); row++)
            {
                var from = source + ((row - firstRow) * RowBytes);
                var width = WidthOf(row / MicroKernel.Columns);
                var lane = row % MicroKernel.Columns;
                for (var column = 0; column < _columns; column += BlockLength, from += BlockBytes)
                {
                    var block = At(row / MicroKernel.Columns, column);
                    ((ushort*)block)[lane] = *(ushort*)from;
                    var target = block + (width * sizeof(ushort)) + lane;
                    for (var k = 0; k < BlockLength; k++, target += width)
                    {
                        *target = from[sizeof(ushort) + k];
                    }
                }
            }
        }
    }

    /// <summary>Decodes one row.</summary>
    public void CopyRow(int row, float* destinationK)
    {
        var panel = row / MicroKernel.Columns;
        var width = WidthOf(panel);
        var lane = row % MicroKernel.Columns;
        for (var column = 0; column < _columns; column += BlockLength)
        {
            var block = At(panel, column);
            var scale = Float16.ToSingle(((ushort*)block)[lane]);
            var source = (sbyte*)(block + (width * sizeof(ushort))) + lane;
            for (var k = 0; k < BlockLength; k++, source += width)
            {
                destinationK[column + k] = scale * *source;
            }
        }
    }

    /// <summary>Decodes columns [depth, depth + count) of a panel into target[count][width]; both are whole blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Widen(int panel, int depth, int count, float* target)
    {
        var width = WidthOf(panel);
        for (var column = depth; column < depth + count; column += BlockLength)
        {
            var block = At(panel, column);
            var numbers = (sbyte*)(block + (width * sizeof(ushort)));
            for (var lane = 0; lane < width; lane += 16)
            {
                var scales = Scales(block, lane);
                var from = numbers + lane;
                var to = target + lane;
                for (var k = 0; k < BlockLength; k++, from += width, to += width)
                {
                    (scales * Numbers(from)).Store(to);
                }
            }

            target += BlockLength * width;
        }
    }

    /// <summary>sums[width] += x[count] W[count, width] over whole blocks, in rising order of depth.</summary>
    public void AddRow(float* x, int panel, int depth, int count, float* sums)
    {
        var width = WidthOf(panel);
        for (var column = depth; column < depth + count; column += BlockLength, x += BlockLength)
        {
            var block = At(panel, column);
            if (width == MicroKernel.Columns)
            {
                AddBlock(x, block, sums);
            }
            else
            {
                AddNarrowBlock(x, block, width, sums);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _bytes.Dispose();

    /// <summary>One block of 48 rows. A method of its own: with another loop around it the sums would not stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddBlock(float* x, byte* block, float* sums)
    {
        var d0 = Scales(block, 0);
        var d1 = Scales(block, 16);
        var d2 = Scales(block, 32);
        var s0 = Vector512.Load(sums);
        var s1 = Vector512.Load(sums + 16);
        var s2 = Vector512.Load(sums + 32);
        var from = (sbyte*)(block + (MicroKernel.Columns * sizeof(ushort)));
        for (var k = 0; k < BlockLength; k++, from += MicroKernel.Columns)
        {
            var a = Vector512.Create(x[k]);
            s0 = Vector512.FusedMultiplyAdd(a, d0 * Numbers(from), s0);
            s1 = Vector512.FusedMultiplyAdd(a, d1 * Numbers(from + 16), s1);
            s2 = Vector512.FusedMultiplyAdd(a, d2 * Numbers(from + 32), s2);
        }

        s0.Store(sums);
        s1.Store(sums + 16);
        s2.Store(sums + 32);
    }

    /// <summary>One block of the last panel, 16 rows at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddNarrowBlock(float* x, byte* block, int width, float* sums)
    {
        for (var lane = 0; lane < width; lane += 16)
        {
            var scales = Scales(block, lane);
            var sum = Vector512.Load(sums + lane);
            var from = (sbyte*)(block + (width * sizeof(ushort))) + lane;
            for (var k = 0; k < BlockLength; k++, from += width)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(x[k]), scales * Numbers(from), sum);
            }

            sum.Store(sums + lane);
        }
    }

    /// <summary>16 scales of a block as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Scales(byte* block, int lane) => Float16.WidenFinite(Vector256.Load((ushort*)block + lane));

    /// <summary>16 bytes with a sign as float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Numbers(sbyte* from) => Vector512.ConvertToSingle(
        Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(Vector128.Load(from))
            : Vector512.WidenLower(Vector256.WidenLower(Vector128.Load(from).ToVector256Unsafe()).ToVector512Unsafe()));

    private int WidthOf(int panel) => MicroKernel.PanelWidth(Math.Min(MicroKernel.Columns, _rows - (panel * MicroKernel.Columns)));

    /// <summary>A block of a panel; the panels before it are all 48 wide.</summary>
    private byte* At(int panel, int column) =>
        _bytes.Pointer + ((long)panel * MicroKernel.Columns * RowBytes) + ((long)column / BlockLength * BlockBytes * WidthOf(panel));
}
