using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Kernels;

// 8 rows by 12 or 8 columns of 4 lanes: 24 accumulators, 3 of B and 1 of A fit the 32 registers of Arm's Advanced SIMD.
internal static unsafe partial class MicroKernel
{
    /// <summary>8x12.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile128By12(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector128<float>.Zero;
        var c01 = Vector128<float>.Zero;
        var c02 = Vector128<float>.Zero;
        var c10 = Vector128<float>.Zero;
        var c11 = Vector128<float>.Zero;
        var c12 = Vector128<float>.Zero;
        var c20 = Vector128<float>.Zero;
        var c21 = Vector128<float>.Zero;
        var c22 = Vector128<float>.Zero;
        var c30 = Vector128<float>.Zero;
        var c31 = Vector128<float>.Zero;
        var c32 = Vector128<float>.Zero;
        var c40 = Vector128<float>.Zero;
        var c41 = Vector128<float>.Zero;
        var c42 = Vector128<float>.Zero;
        var c50 = Vector128<float>.Zero;
        var c51 = Vector128<float>.Zero;
        var c52 = Vector128<float>.Zero;
        var c60 = Vector128<float>.Zero;
        var c61 = Vector128<float>.Zero;
        var c62 = Vector128<float>.Zero;
        var c70 = Vector128<float>.Zero;
        var c71 = Vector128<float>.Zero;
        var c72 = Vector128<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var b2 = Vector128.Load(b + 8);
            var a0 = Vector128.Create(a[0]);
            c00 = Vector128.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector128.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector128.FusedMultiplyAdd(a0, b2, c02);
            var a1 = Vector128.Create(a[1]);
            c10 = Vector128.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector128.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector128.FusedMultiplyAdd(a1, b2, c12);
            var a2 = Vector128.Create(a[2]);
            c20 = Vector128.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector128.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector128.FusedMultiplyAdd(a2, b2, c22);
            var a3 = Vector128.Create(a[3]);
            c30 = Vector128.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector128.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector128.FusedMultiplyAdd(a3, b2, c32);
            var a4 = Vector128.Create(a[4]);
            c40 = Vector128.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector128.FusedMultiplyAdd(a4, b1, c41);
            c42 = Vector128.FusedMultiplyAdd(a4, b2, c42);
            var a5 = Vector128.Create(a[5]);
            c50 = Vector128.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector128.FusedMultiplyAdd(a5, b1, c51);
            c52 = Vector128.FusedMultiplyAdd(a5, b2, c52);
            var a6 = Vector128.Create(a[6]);
            c60 = Vector128.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector128.FusedMultiplyAdd(a6, b1, c61);
            c62 = Vector128.FusedMultiplyAdd(a6, b2, c62);
            var a7 = Vector128.Create(a[7]);
            c70 = Vector128.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector128.FusedMultiplyAdd(a7, b1, c71);
            c72 = Vector128.FusedMultiplyAdd(a7, b2, c72);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector128.Load(c);
            c01 += Vector128.Load(c + 4);
            c02 += Vector128.Load(c + 8);
            c10 += Vector128.Load(c + strideC);
            c11 += Vector128.Load(c + strideC + 4);
            c12 += Vector128.Load(c + strideC + 8);
            c20 += Vector128.Load(c + (2 * strideC));
            c21 += Vector128.Load(c + (2 * strideC) + 4);
            c22 += Vector128.Load(c + (2 * strideC) + 8);
            c30 += Vector128.Load(c + (3 * strideC));
            c31 += Vector128.Load(c + (3 * strideC) + 4);
            c32 += Vector128.Load(c + (3 * strideC) + 8);
            c40 += Vector128.Load(c + (4 * strideC));
            c41 += Vector128.Load(c + (4 * strideC) + 4);
            c42 += Vector128.Load(c + (4 * strideC) + 8);
            c50 += Vector128.Load(c + (5 * strideC));
            c51 += Vector128.Load(c + (5 * strideC) + 4);
            c52 += Vector128.Load(c + (5 * strideC) + 8);
            c60 += Vector128.Load(c + (6 * strideC));
            c61 += Vector128.Load(c + (6 * strideC) + 4);
            c62 += Vector128.Load(c + (6 * strideC) + 8);
            c70 += Vector128.Load(c + (7 * strideC));
            c71 += Vector128.Load(c + (7 * strideC) + 4);
            c72 += Vector128.Load(c + (7 * strideC) + 8);
        }

        c00.Store(c);
        c01.Store(c + 4);
        c02.Store(c + 8);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 4);
        c12.Store(c + strideC + 8);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 4);
        c22.Store(c + (2 * strideC) + 8);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 4);
        c32.Store(c + (3 * strideC) + 8);
        c40.Store(c + (4 * strideC));
        c41.Store(c + (4 * strideC) + 4);
        c42.Store(c + (4 * strideC) + 8);
        c50.Store(c + (5 * strideC));
        c51.Store(c + (5 * strideC) + 4);
        c52.Store(c + (5 * strideC) + 8);
        c60.Store(c + (6 * strideC));
        c61.Store(c + (6 * strideC) + 4);
        c62.Store(c + (6 * strideC) + 8);
        c70.Store(c + (7 * strideC));
        c71.Store(c + (7 * strideC) + 4);
        c72.Store(c + (7 * strideC) + 8);
    }

    /// <summary>8x8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile128By8(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector128<float>.Zero;
        var c01 = Vector128<float>.Zero;
        var c10 = Vector128<float>.Zero;
        var c11 = Vector128<float>.Zero;
        var c20 = Vector128<float>.Zero;
        var c21 = Vector128<float>.Zero;
        var c30 = Vector128<float>.Zero;
        var c31 = Vector128<float>.Zero;
        var c40 = Vector128<float>.Zero;
        var c41 = Vector128<float>.Zero;
        var c50 = Vector128<float>.Zero;
        var c51 = Vector128<float>.Zero;
        var c60 = Vector128<float>.Zero;
        var c61 = Vector128<float>.Zero;
        var c70 = Vector128<float>.Zero;
        var c71 = Vector128<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector128.Load(b);
            var b1 = Vector128.Load(b + 4);
            var a0 = Vector128.Create(a[0]);
            c00 = Vector128.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector128.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector128.Create(a[1]);
            c10 = Vector128.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector128.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector128.Create(a[2]);
            c20 = Vector128.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector128.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector128.Create(a[3]);
            c30 = Vector128.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector128.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector128.Create(a[4]);
            c40 = Vector128.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector128.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector128.Create(a[5]);
            c50 = Vector128.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector128.FusedMultiplyAdd(a5, b1, c51);
            var a6 = Vector128.Create(a[6]);
            c60 = Vector128.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector128.FusedMultiplyAdd(a6, b1, c61);
            var a7 = Vector128.Create(a[7]);
            c70 = Vector128.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector128.FusedMultiplyAdd(a7, b1, c71);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector128.Load(c);
            c01 += Vector128.Load(c + 4);
            c10 += Vector128.Load(c + strideC);
            c11 += Vector128.Load(c + strideC + 4);
            c20 += Vector128.Load(c + (2 * strideC));
            c21 += Vector128.Load(c + (2 * strideC) + 4);
            c30 += Vector128.Load(c + (3 * strideC));
            c31 += Vector128.Load(c + (3 * strideC) + 4);
            c40 += Vector128.Load(c + (4 * strideC));
            c41 += Vector128.Load(c + (4 * strideC) + 4);
            c50 += Vector128.Load(c + (5 * strideC));
            c51 += Vector128.Load(c + (5 * strideC) + 4);
            c60 += Vector128.Load(c + (6 * strideC));
            c61 += Vector128.Load(c + (6 * strideC) + 4);
            c70 += Vector128.Load(c + (7 * strideC));
            c71 += Vector128.Load(c + (7 * strideC) + 4);
        }

        c00.Store(c);
        c01.Store(c + 4);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 4);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 4);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 4);
        c40.Store(c + (4 * strideC));
        c41.Store(c + (4 * strideC) + 4);
        c50.Store(c + (5 * strideC));
        c51.Store(c + (5 * strideC) + 4);
        c60.Store(c + (6 * strideC));
        c61.Store(c + (6 * strideC) + 4);
        c70.Store(c + (7 * strideC));
        c71.Store(c + (7 * strideC) + 4);
    }
}
