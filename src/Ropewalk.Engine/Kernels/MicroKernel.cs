using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Kernels;

/// <summary>The one inner loop of matrix products and of attention: C[8, width] (+)= A[8, depth] B[depth, width].
/// A is packed [depth][8], B is packed [depth][width], C is row-major. Each element of C is summed over depth in rising
/// order by fused multiply-adds, so a row's result depends neither on its neighbours nor on the width it was computed in.</summary>
internal static unsafe partial class MicroKernel
{
    /// <summary>Rows of a tile, and the interleaving of packed A.</summary>
    public const int Rows = 8;

    /// <summary>Widest tile, and the width of every panel of B but the last.</summary>
    public const int Columns = 48;

    /// <summary>The smallest step of a tile's width: widths are 16, 32 and 48.</summary>
    public const int ColumnStep = 16;

    /// <summary>Width of the panel that holds <paramref name="columns"/> columns: 16, 32 or 48.</summary>
    public static int PanelWidth(int columns) =>
        columns >= Columns ? Columns : (columns + ColumnStep - 1) / ColumnStep * ColumnStep;

    /// <summary>Computes one tile.</summary>
    /// <param name="depth">Length of the sums, 0 or more.</param>
    /// <param name="width">16, 32 or 48.</param>
    /// <param name="a">[depth][8].</param>
    /// <param name="b">[depth][width].</param>
    /// <param name="c">8 rows of <paramref name="width"/>.</param>
    /// <param name="strideC">Floats from one row of C to the next.</param>
    /// <param name="accumulate">Whether C is added to or overwritten.</param>
    public static void Tile(int depth, int width, float* a, float* b, float* c, int strideC, bool accumulate)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            switch (width)
            {
                case 48:
                    Tile512By48(depth, a, b, width, c, strideC, accumulate);
                    break;
                case 32:
                    Tile512By32(depth, a, b, width, c, strideC, accumulate);
                    break;
                default:
                    Tile512By16(depth, a, b, width, c, strideC, accumulate);
                    break;
            }
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            for (var row = 0; row < Rows; row += 4)
            {
                var rowC = c + ((long)row * strideC);
                if (width == 48)
                {
                    Tile256By24(depth, a + row, b, width, rowC, strideC, accumulate);
                    Tile256By24(depth, a + row, b + 24, width, rowC + 24, strideC, accumulate);
                }
                else
                {
                    for (var column = 0; column < width; column += 16)
                    {
                        Tile256By16(depth, a + row, b + column, width, rowC + column, strideC, accumulate);
                    }
                }
            }
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            if (width == 48)
            {
                for (var column = 0; column < width; column += 12)
                {
                    Tile128By12(depth, a, b + column, width, c + column, strideC, accumulate);
                }
            }
            else
            {
                for (var column = 0; column < width; column += 8)
                {
                    Tile128By8(depth, a, b + column, width, c + column, strideC, accumulate);
                }
            }
        }
        else
        {
            Reference(depth, width, a, b, c, strideC, accumulate);
        }
    }

    /// <summary>The same sums one by one: what the tiles are tested against, and what runs without SIMD.</summary>
    public static void Reference(int depth, int width, float* a, float* b, float* c, int strideC, bool accumulate)
    {
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < width; column++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++)
                {
                    sum = MathF.FusedMultiplyAdd(a[(k * Rows) + row], b[(k * width) + column], sum);
                }

                c[((long)row * strideC) + column] = accumulate ? c[((long)row * strideC) + column] + sum : sum;
            }
        }
    }
}
