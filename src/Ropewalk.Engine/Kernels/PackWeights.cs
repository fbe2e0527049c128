using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

/// <summary>Packs float32 weights that change with every step of training, on all processors.</summary>
internal static unsafe class PackWeights
{
    /// <summary>Packs W[N, K].</summary>
    /// <param name="wNK">Row-major.</param>
    /// <param name="packed">A float32 matrix of N rows and K columns.</param>
    public static void Pack(float* wNK, PackedMatrix packed) => WorkerPool.For(packed.NumPanels, panel =>
    {
        var rows = packed.RowsOf(panel);
        var width = packed.WidthOf(panel);
        var depth = packed.Columns;
        var source = wNK + ((long)panel * MicroKernel.Columns * depth);
        var target = packed.Block(panel, 0, 0, null);
        var row = 0;
        for (; row + MicroKernel.Rows <= rows; row += MicroKernel.Rows)
        {
            MatMul.TransposeTile(source + ((long)row * depth), depth, depth, target + row, width);
        }

        // What pads the last panel has been zero since it was allocated.
        for (; row < rows; row++)
        {
            for (var k = 0; k < depth; k++)
            {
                target[((long)k * width) + row] = source[((long)row * depth) + k];
            }
        }
    });

    /// <summary>Packs the transpose of W[N, K]: a matrix of K rows and N columns.</summary>
    /// <param name="wNK">Row-major.</param>
    /// <param name="packed">A float32 matrix of K rows and N columns.</param>
    public static void PackTransposed(float* wNK, PackedMatrix packed) => WorkerPool.For(packed.NumPanels, panel =>
    {
        var count = packed.RowsOf(panel);
        var width = packed.WidthOf(panel);
        var target = packed.Block(panel, 0, 0, null);
        for (var row = 0; row < packed.Columns; row++)
        {
            new ReadOnlySpan<float>(wNK + ((long)row * packed.Rows) + ((long)panel * MicroKernel.Columns), count).CopyTo(new Span<float>(target + ((long)row * width), count));
        }
    });
}
