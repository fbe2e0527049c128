using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Y[T, N] (+)= X[T, K] W[N, K]^T over a packed weight, on the calling thread.</summary>
internal static unsafe partial class MatMul
{
    /// <summary>Depth of one block: a panel's block (48 x 384 floats) and the packed rows stay in the second-level cache.
    /// Part of the arithmetic: partial sums of blocks are added in rising order, for one row as for many.</summary>
    public const int DepthBlock = 384;

    /// <summary>Rows packed at a time.</summary>
    public const int RowBlock = 192;

    private const int FewRows = 4;

    /// <summary>Multiplies on the calling thread.</summary>
    /// <param name="xTK">Rows of input, <paramref name="strideX"/> floats apart.</param>
    /// <param name="numRows">T.</param>
    /// <param name="strideX">Floats from one row of X to the next, at least K.</param>
    /// <param name="w">W[N, K].</param>
    /// <param name="yTN">Rows of output.</param>
    /// <param name="strideY">Floats from one row of Y to the next, at least N.</param>
    /// <param name="accumulate">Whether Y is added to (a residual) or overwritten.</param>
    public static void Forward(float* xTK, int numRows, int strideX, PackedMatrix w, float* yTN, int strideY, bool accumulate) =>
        Forward(xTK, numRows, strideX, w, 0, w.NumPanels, yTN, strideY, accumulate);

    /// <summary>The same for the panels [firstPanel, endPanel) of W alone: columns 48 firstPanel onward of Y.</summary>
    public static void Forward(
        float* xTK, int numRows, int strideX, PackedMatrix w, int firstPanel, int endPanel, float* yTN, int strideY, bool accumulate)
    {
        // What must be widened is widened once for all rows: that costs as much as multiplying several by it.
        if (numRows <= (w.Type == GgmlType.F32 ? FewRows : 1))
        {
            for (var row = 0; row < numRows; row++)
            {
                OneRow(xTK + ((long)row * strideX), w, firstPanel, endPanel, yTN + ((long)row * strideY), accumulate);
            }

            return;
        }

        var scratch = Scratch.Current;
        for (var row = 0; row < numRows; row += RowBlock)
        {
            Block(
                scratch, xTK + ((long)row * strideX), Math.Min(RowBlock, numRows - row), strideX, w, firstPanel, endPanel, yTN + ((long)row * strideY), strideY, accumulate);
        }
    }

    /// <summary>Multiplies on all processors: by blocks of rows, and by ranges of panels where the weight is larger than the caches or
    /// the rows are few. Rows are packed again for each range, so a range is wide.</summary>
    public static void ForwardParallel(float* xTK, int numRows, int strideX, PackedMatrix w, float* yTN, int strideY, bool accumulate)
    {
        const int PanelsOfTask = 24;
        const int WorkOfTask = 262_144;
        const int TasksOfThread = 4;
        const int TasksOfThreadWidened = 2;
        const int LeastPanelsWidened = 4;

        if (WorkerPool.IsSerial)
        {
            // Whole: smaller blocks of rows would widen and stream the weight once each.
            Forward(xTK, numRows, strideX, w, yTN, strideY, accumulate);
            return;
        }

        // With few rows a task must be worth waking a thread for, and every thread has as many of them.
        var few = (int)Math.Min((long)numRows * w.Rows * w.Columns / WorkOfTask / WorkerPool.NumThreads, TasksOfThread) * WorkerPool.NumThreads;
        var panels = numRows >= MicroKernel.Columns ? PanelsOfTask : (w.NumPanels + Math.Max(1, few) - 1) / Math.Max(1, few);
        var rows = RowBlock;
        var tasks = TasksOfThread * WorkerPool.NumThreads;
        if (w.Type != GgmlType.F32 && numRows >= MicroKernel.Columns)
        {
            // Each block of rows widens the weight anew, so the panels are divided before the rows are, and into no more tasks than needed.
            tasks = TasksOfThreadWidened * WorkerPool.NumThreads;
            var blocks = (numRows + rows - 1) / rows;
            panels = Math.Clamp((w.NumPanels * blocks + tasks - 1) / tasks, LeastPanelsWidened, PanelsOfTask);
        }

        var ranges = (w.NumPanels + panels - 1) / panels;
        while (rows > MicroKernel.Columns && (numRows + rows - 1) / rows * ranges < tasks)
        {
            rows /= 2;
        }

        WorkerPool.For((numRows + rows - 1) / rows * ranges, new PartsLoop(xTK, numRows, strideX, w, yTN, strideY, accumulate, rows, ranges, panels));
    }

    /// <summary>The same product by the definition, in the same order of sums: for tests.</summary>
    public static void Reference(ReadOnlySpan<float> xTK, int numRows, ReadOnlySpan<float> wNK, int numColumns, int depth, Span<float> yTN)
    {
        for (var row = 0; row < numRows; row++)
        {
            for (var column = 0; column < numColumns; column++)
            {
                var sum = 0d;
                for (var k = 0; k < depth; k++)
                {
                    sum += (double)xTK[(row * depth) + k] * wNK[(column * depth) + k];
                }

                yTN[(row * numColumns) + column] = (float)sum;
            }
        }
    }

    private static void Block(
        Scratch scratch, float* x, int numRows, int strideX, PackedMatrix w, int firstPanel, int endPanel, float* y, int strideY, bool accumulate)
    {
        var depth = w.Columns;
        var numTiles = (numRows + MicroKernel.Rows - 1) / MicroKernel.Rows;
        var packed = scratch.Get(Scratch.Slot.PackedRows, (long)numTiles * MicroKernel.Rows * Math.Min(depth, DepthBlock));
        var widened = w.Type == GgmlType.F32 ? null : scratch.Get(Scratch.Slot.WidenedPanel, DepthBlock * MicroKernel.Columns);
        var edge = stackalloc float[MicroKernel.Rows * MicroKernel.Columns];
        for (var k = 0; k < depth; k += DepthBlock)
        {
            var count = Math.Min(DepthBlock, depth - k);
            PackRows(x + k, numRows, strideX, count, packed);
            var add = accumulate || k > 0;
            for (var panel = firstPanel; panel < endPanel; panel++)
            {
                var b = w.Block(panel, k, count, widened);
                var width = w.WidthOf(panel);
                var numColumns = w.RowsOf(panel);
                for (var tile = 0; tile < numTiles; tile++)
                {
                    var row = tile * MicroKernel.Rows;
                    var c = y + ((long)row * strideY) + (panel * MicroKernel.Columns);
                    var a = packed + ((long)row * count);
                    if (numColumns == width && row + MicroKernel.Rows <= numRows)
                    {
                        MicroKernel.Tile(count, width, a, b, c, strideY, add);
                    }
                    else
                    {
                        MicroKernel.Tile(count, width, a, b, edge, MicroKernel.Columns, accumulate: false);
                        CopyEdge(edge, c, Math.Min(MicroKernel.Rows, numRows - row), numColumns, strideY, add);
                    }
                }
            }
        }
    }

    private static void CopyEdge(float* edge, float* c, int numRows, int numColumns, int strideC, bool add)
    {
        for (var row = 0; row < numRows; row++)
        {
            var source = new ReadOnlySpan<float>(edge + (row * MicroKernel.Columns), numColumns);
            var target = new Span<float>(c + ((long)row * strideC), numColumns);
            if (add)
            {
                for (var column = 0; column < target.Length; column++)
                {
                    target[column] += source[column];
                }
            }
            else
            {
                source.CopyTo(target);
            }
        }
    }

    /// <summary>Packs rows as [tile][depth][8]; rows past the end are zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackRows(float* x, int numRows, int strideX, int depth, float* packed)
    {
        for (var row = 0; row < numRows; row += MicroKernel.Rows, packed += (long)MicroKernel.Rows * depth)
        {
            var source = x + ((long)row * strideX);
            var valid = Math.Min(MicroKernel.Rows, numRows - row);
            if (valid == MicroKernel.Rows)
            {
                TransposeTile(source, strideX, depth, packed, MicroKernel.Rows);
                continue;
            }

            for (var k = 0; k < depth; k++)
            {
                for (var i = 0; i < MicroKernel.Rows; i++)
                {
                    packed[(k * MicroKernel.Rows) + i] = i < valid ? source[((long)i * strideX) + k] : 0;
                }
            }
        }
    }

    /// <summary>Transposes 8 rows of <paramref name="depth"/> numbers into [depth][8], 8 by 8 in registers; a step of depth is
    /// <paramref name="strideTarget"/> floats from the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void TransposeTile(float* x, int strideX, int depth, float* target, int strideTarget)
    {
        var k = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; k + 8 <= depth; k += 8)
            {
                Transpose8By8(x + k, strideX, target + ((long)k * strideTarget), strideTarget);
            }
        }

        for (; k < depth; k++)
        {
            for (var i = 0; i < MicroKernel.Rows; i++)
            {
                target[((long)k * strideTarget) + i] = x[((long)i * strideX) + k];
            }
        }
    }

    /// <summary>destination[j][i] = source[i][j] for 8 by 8 numbers: pairs, then quads, then halves change places.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Transpose8By8(float* source, long strideSource, float* destination, long strideDestination)
    {
        var r0 = Vector256.Load(source);
        var r1 = Vector256.Load(source + strideSource);
        var r2 = Vector256.Load(source + (2 * strideSource));
        var r3 = Vector256.Load(source + (3 * strideSource));
        var r4 = Vector256.Load(source + (4 * strideSource));
        var r5 = Vector256.Load(source + (5 * strideSource));
        var r6 = Vector256.Load(source + (6 * strideSource));
        var r7 = Vector256.Load(source + (7 * strideSource));
        var even = Vector256.Create(0, 8, 1, 9, 4, 12, 5, 13);
        var odd = Vector256.Create(2, 10, 3, 11, 6, 14, 7, 15);
        var t0 = Pick(r0, r1, even);
        var t1 = Pick(r0, r1, odd);
        var t2 = Pick(r2, r3, even);
        var t3 = Pick(r2, r3, odd);
        var t4 = Pick(r4, r5, even);
        var t5 = Pick(r4, r5, odd);
        var t6 = Pick(r6, r7, even);
        var t7 = Pick(r6, r7, odd);
        var low = Vector256.Create(0, 1, 8, 9, 4, 5, 12, 13);
        var high = Vector256.Create(2, 3, 10, 11, 6, 7, 14, 15);
        var u0 = Pick(t0, t2, low);
        var u1 = Pick(t0, t2, high);
        var u2 = Pick(t1, t3, low);
        var u3 = Pick(t1, t3, high);
        var u4 = Pick(t4, t6, low);
        var u5 = Pick(t4, t6, high);
        var u6 = Pick(t5, t7, low);
        var u7 = Pick(t5, t7, high);
        Vector256.Create(u0.GetLower(), u4.GetLower()).Store(destination);
        Vector256.Create(u1.GetLower(), u5.GetLower()).Store(destination + strideDestination);
        Vector256.Create(u2.GetLower(), u6.GetLower()).Store(destination + (2 * strideDestination));
        Vector256.Create(u3.GetLower(), u7.GetLower()).Store(destination + (3 * strideDestination));
        Vector256.Create(u0.GetUpper(), u4.GetUpper()).Store(destination + (4 * strideDestination));
        Vector256.Create(u1.GetUpper(), u5.GetUpper()).Store(destination + (5 * strideDestination));
        Vector256.Create(u2.GetUpper(), u6.GetUpper()).Store(destination + (6 * strideDestination));
        Vector256.Create(u3.GetUpper(), u7.GetUpper()).Store(destination + (7 * strideDestination));
    }

    /// <summary>Lanes of two vectors by number: 0..7 are the first's, 8..15 the second's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pick(Vector256<float> first, Vector256<float> second, Vector256<int> lanes)
    {
        if (System.Runtime.Intrinsics.X86.Avx512F.VL.IsSupported)
        {
            return System.Runtime.Intrinsics.X86.Avx512F.VL.PermuteVar8x32x2(first, lanes, second);
        }

        var fromFirst = Vector256.Shuffle(first, lanes & Vector256.Create(7));
        var fromSecond = Vector256.Shuffle(second, lanes & Vector256.Create(7));
        return Vector256.ConditionalSelect(Vector256.GreaterThan(lanes, Vector256.Create(7)).AsSingle(), fromSecond, fromFirst);
    }

    private readonly struct PartsLoop(
        float* xTK, int numRows, int strideX, PackedMatrix w, float* yTN, int strideY, bool accumulate, int rows, int ranges, int panels) : ILoop
    {
        public void Run(int index)
        {
            var row = index / ranges * rows;
            var first = index % ranges * panels;
            Forward(
                xTK + ((long)row * strideX), Math.Min(rows, numRows - row), strideX, w, first, Math.Min(w.NumPanels, first + panels), yTN + ((long)row * strideY), strideY, accumulate);
        }
    }
}
