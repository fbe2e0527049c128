using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>dW[N, K] += dY[T, N]^T X[T, K]: what a product's weight gets back. Both sides are packed by copying, since the sums run over rows.
/// Every element of dW is summed over T in rising order by one task, in blocks of <see cref="MatMul.DepthBlock"/> rows, so the result does not
/// depend on the number of threads.</summary>
internal static unsafe class WeightGradient
{
    private const int FewOutputs = 512;
    private const int PanelsOfTask = 16;

    /// <summary>Floats of <paramref name="width"/> columns, packed.</summary>
    public static long PackedLength(int numRows, int width) => (long)numRows * (((width / MicroKernel.Columns) * MicroKernel.Columns) + LastWidth(width));

    /// <summary>Packs X for <see cref="Accumulate"/>: for each block of rows its panels, each [rows][width].</summary>
    /// <param name="xTK">Row-major.</param>
    /// <param name="numRows">T.</param>
    /// <param name="width">K.</param>
    /// <param name="packed"><see cref="PackedLength"/> floats.</param>
    public static void PackInput(float* xTK, int numRows, int width, float* packed)
    {
        var padded = (int)PackedLength(1, width);
        WorkerPool.For((numRows + MatMul.DepthBlock - 1) / MatMul.DepthBlock, block =>
        {
            var first = block * MatMul.DepthBlock;
            var count = Math.Min(MatMul.DepthBlock, numRows - first);
            var target = packed + ((long)first * padded);
            for (var column = 0; column < width; column += MicroKernel.Columns)
            {
                var columns = Math.Min(MicroKernel.Columns, width - column);
                var panelWidth = MicroKernel.PanelWidth(columns);
                for (var row = 0; row < count; row++, target += panelWidth)
                {
                    new ReadOnlySpan<float>(xTK + ((long)(first + row) * width) + column, columns).CopyTo(new Span<float>(target, columns));
                    new Span<float>(target + columns, panelWidth - columns).Clear();
                }
            }
        });
    }

    /// <summary>Adds the gradient.</summary>
    /// <param name="dyTN">Gradient of the product's output, row-major.</param>
    /// <param name="numRows">T.</param>
    /// <param name="numOutputs">N.</param>
    /// <param name="packedX">What <see cref="PackInput"/> made.</param>
    /// <param name="width">K.</param>
    /// <param name="dwNK">Added to.</param>
    public static void Accumulate(float* dyTN, int numRows, int numOutputs, float* packedX, int width, float* dwNK)
    {
        var panels = (width + MicroKernel.Columns - 1) / MicroKernel.Columns;
        var ranges = (panels + PanelsOfTask - 1) / PanelsOfTask;

        // Large tasks read X more seldom, small ones can be shared out. Which it is changes no number.
        var rows = numOutputs <= FewOutputs ? 48 : 96;
        WorkerPool.For((numOutputs + rows - 1) / rows * ranges, new PartsLoop(dyTN, numRows, numOutputs, packedX, width, dwNK, rows, ranges, panels));
    }

    /// <summary>The definition, in float64: for tests.</summary>
    public static void Reference(ReadOnlySpan<float> dyTN, int numRows, int numOutputs, ReadOnlySpan<float> xTK, int width, Span<float> dwNK)
    {
        for (var n = 0; n < numOutputs; n++)
        {
            for (var k = 0; k < width; k++)
            {
                var sum = 0d;
                for (var t = 0; t < numRows; t++)
                {
                    sum += (double)dyTN[(t * numOutputs) + n] * xTK[(t * width) + k];
                }

                dwNK[(n * width) + k] += (float)sum;
            }
        }
    }

    private static int LastWidth(int width) => width % MicroKernel.Columns is > 0 and var last ? MicroKernel.PanelWidth(last) : 0;

    [StructLayout(LayoutKind.Auto)]
    private readonly struct PartsLoop(float* dyTN, int numRows, int numOutputs, float* packedX, int width, float* dwNK, int rows, int ranges, int panels) : ILoop
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index)
        {
            var firstOutput = index / ranges * rows;
            var numTaskOutputs = Math.Min(rows, numOutputs - firstOutput);
            var numTiles = (numTaskOutputs + MicroKernel.Rows - 1) / MicroKernel.Rows;
            var firstPanel = index % ranges * PanelsOfTask;
            var endPanel = Math.Min(panels, firstPanel + PanelsOfTask);
            var padded = PackedLength(1, width);
            var packed = Scratch.Current.Get(Scratch.Slot.PackedRows, (long)numTiles * MicroKernel.Rows * MatMul.DepthBlock);
            var edge = stackalloc float[MicroKernel.Rows * MicroKernel.Columns];
            for (var row = 0; row < numRows; row += MatMul.DepthBlock)
            {
                var count = Math.Min(MatMul.DepthBlock, numRows - row);
                PackOutputs(dyTN + ((long)row * numOutputs) + firstOutput, count, numTaskOutputs, packed);
                for (var panel = firstPanel; panel < endPanel; panel++)
                {
                    var column = panel * MicroKernel.Columns;
                    var columns = Math.Min(MicroKernel.Columns, width - column);
                    var panelWidth = MicroKernel.PanelWidth(columns);
                    var b = packedX + (row * padded) + ((long)column * count);
                    for (var tile = 0; tile < numTiles; tile++)
                    {
                        var output = tile * MicroKernel.Rows;
                        var valid = Math.Min(MicroKernel.Rows, numTaskOutputs - output);
                        var a = packed + ((long)output * count);
                        var c = dwNK + ((long)(firstOutput + output) * width) + column;
                        if (valid == MicroKernel.Rows && columns == panelWidth)
                        {
                            MicroKernel.Tile(count, panelWidth, a, b, c, width, accumulate: true);
                            continue;
                        }

                        MicroKernel.Tile(count, panelWidth, a, b, edge, MicroKernel.Columns, accumulate: false);
                        for (var i = 0; i < valid; i++)
                        {
                            for (var j = 0; j < columns; j++)
                            {
                                c[((long)i * width) + j] += edge[(i * MicroKernel.Columns) + j];
                            }
                        }
                    }
                }
            }
        }

        /// <summary>Packs columns of dY as [tile][row][8]; columns past the end are zeros.</summary>
        private void PackOutputs(float* dy, int count, int columns, float* packed)
        {
            // Row by row, so that each stretch of dY is read once: its rows may lie pages apart.
            for (var row = 0; row < count; row++, dy += numOutputs)
            {
                var target = packed + ((long)row * MicroKernel.Rows);
                var column = 0;
                for (; column + MicroKernel.Rows <= columns; column += MicroKernel.Rows, target += (long)MicroKernel.Rows * count)
                {
                    Vector256.Store(Vector256.Load(dy + column), target);
                }

                for (var i = 0; column < columns && i < MicroKernel.Rows; i++)
                {
                    target[i] = column + i < columns ? dy[column + i] : 0;
                }
            }
        }
    }
}
