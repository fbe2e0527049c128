using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Kernels;

// 8 rows by 16, 32 or 48 columns: 8, 16 or 24 accumulators of 16 lanes, one lane a column; 24 + 3 + 1 of 32 registers in use.
internal static unsafe partial class MicroKernel
{
    /// <summary>8x48: each step of depth loads 3 vectors of B and broadcasts 8 numbers of A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512By48(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector512<float>.Zero;
        var c01 = Vector512<float>.Zero;
        var c02 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c11 = Vector512<float>.Zero;
        var c12 = Vector512<float>.Zero;
        var c20 = Vector512<float>.Zero;
        var c21 = Vector512<float>.Zero;
        var c22 = Vector512<float>.Zero;
        var c30 = Vector512<float>.Zero;
        var c31 = Vector512<float>.Zero;
        var c32 = Vector512<float>.Zero;
        var c40 = Vector512<float>.Zero;
        var c41 = Vector512<float>.Zero;
        var c42 = Vector512<float>.Zero;
        var c50 = Vector512<float>.Zero;
        var c51 = Vector512<float>.Zero;
        var c52 = Vector512<float>.Zero;
        var c60 = Vector512<float>.Zero;
        var c61 = Vector512<float>.Zero;
        var c62 = Vector512<float>.Zero;
        var c70 = Vector512<float>.Zero;
        var c71 = Vector512<float>.Zero;
        var c72 = Vector512<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var b2 = Vector512.Load(b + 32);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector512.FusedMultiplyAdd(a0, b2, c02);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector512.FusedMultiplyAdd(a1, b2, c12);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector512.FusedMultiplyAdd(a2, b2, c22);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector512.FusedMultiplyAdd(a3, b2, c32);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            c42 = Vector512.FusedMultiplyAdd(a4, b2, c42);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            c52 = Vector512.FusedMultiplyAdd(a5, b2, c52);
            var a6 = Vector512.Create(a[6]);
            c60 = Vector512.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(a6, b1, c61);
            c62 = Vector512.FusedMultiplyAdd(a6, b2, c62);
            var a7 = Vector512.Create(a[7]);
            c70 = Vector512.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(a7, b1, c71);
            c72 = Vector512.FusedMultiplyAdd(a7, b2, c72);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector512.Load(c);
            c01 += Vector512.Load(c + 16);
            c02 += Vector512.Load(c + 32);
            c10 += Vector512.Load(c + strideC);
            c11 += Vector512.Load(c + strideC + 16);
            c12 += Vector512.Load(c + strideC + 32);
            c20 += Vector512.Load(c + (2 * strideC));
            c21 += Vector512.Load(c + (2 * strideC) + 16);
            c22 += Vector512.Load(c + (2 * strideC) + 32);
            c30 += Vector512.Load(c + (3 * strideC));
            c31 += Vector512.Load(c + (3 * strideC) + 16);
            c32 += Vector512.Load(c + (3 * strideC) + 32);
            c40 += Vector512.Load(c + (4 * strideC));
            c41 += Vector512.Load(c + (4 * strideC) + 16);
            c42 += Vector512.Load(c + (4 * strideC) + 32);
            c50 += Vector512.Load(c + (5 * strideC));
            c51 += Vector512.Load(c + (5 * strideC) + 16);
            c52 += Vector512.Load(c + (5 * strideC) + 32);
            c60 += Vector512.Load(c + (6 * strideC));
            c61 += Vector512.Load(c + (6 * strideC) + 16);
            c62 += Vector512.Load(c + (6 * strideC) + 32);
            c70 += Vector512.Load(c + (7 * strideC));
            c71 += Vector512.Load(c + (7 * strideC) + 16);
            c72 += Vector512.Load(c + (7 * strideC) + 32);
        }

        c00.Store(c);
        c01.Store(c + 16);
        c02.Store(c + 32);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 16);
        c12.Store(c + strideC + 32);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 16);
        c22.Store(c + (2 * strideC) + 32);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 16);
        c32.Store(c + (3 * strideC) + 32);
        c40.Store(c + (4 * strideC));
        c41.Store(c + (4 * strideC) + 16);
        c42.Store(c + (4 * strideC) + 32);
        c50.Store(c + (5 * strideC));
        c51.Store(c + (5 * strideC) + 16);
        c52.Store(c + (5 * strideC) + 32);
        c60.Store(c + (6 * strideC));
        c61.Store(c + (6 * strideC) + 16);
        c62.Store(c + (6 * strideC) + 32);
        c70.Store(c + (7 * strideC));
        c71.Store(c + (7 * strideC) + 16);
        c72.Store(c + (7 * strideC) + 32);
    }

    /// <summary>8x32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512By32(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector512<float>.Zero;
        var c01 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c11 = Vector512<float>.Zero;
        var c20 = Vector512<float>.Zero;
        var c21 = Vector512<float>.Zero;
        var c30 = Vector512<float>.Zero;
        var c31 = Vector512<float>.Zero;
        var c40 = Vector512<float>.Zero;
        var c41 = Vector512<float>.Zero;
        var c50 = Vector512<float>.Zero;
        var c51 = Vector512<float>.Zero;
        var c60 = Vector512<float>.Zero;
        var c61 = Vector512<float>.Zero;
        var c70 = Vector512<float>.Zero;
        var c71 = Vector512<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + 16);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector512.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector512.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector512.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector512.FusedMultiplyAdd(a3, b1, c31);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            c41 = Vector512.FusedMultiplyAdd(a4, b1, c41);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            c51 = Vector512.FusedMultiplyAdd(a5, b1, c51);
            var a6 = Vector512.Create(a[6]);
            c60 = Vector512.FusedMultiplyAdd(a6, b0, c60);
            c61 = Vector512.FusedMultiplyAdd(a6, b1, c61);
            var a7 = Vector512.Create(a[7]);
            c70 = Vector512.FusedMultiplyAdd(a7, b0, c70);
            c71 = Vector512.FusedMultiplyAdd(a7, b1, c71);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector512.Load(c);
            c01 += Vector512.Load(c + 16);
            c10 += Vector512.Load(c + strideC);
            c11 += Vector512.Load(c + strideC + 16);
            c20 += Vector512.Load(c + (2 * strideC));
            c21 += Vector512.Load(c + (2 * strideC) + 16);
            c30 += Vector512.Load(c + (3 * strideC));
            c31 += Vector512.Load(c + (3 * strideC) + 16);
            c40 += Vector512.Load(c + (4 * strideC));
            c41 += Vector512.Load(c + (4 * strideC) + 16);
            c50 += Vector512.Load(c + (5 * strideC));
            c51 += Vector512.Load(c + (5 * strideC) + 16);
            c60 += Vector512.Load(c + (6 * strideC));
            c61 += Vector512.Load(c + (6 * strideC) + 16);
            c70 += Vector512.Load(c + (7 * strideC));
            c71 += Vector512.Load(c + (7 * strideC) + 16);
        }

        c00.Store(c);
        c01.Store(c + 16);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 16);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 16);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 16);
        c40.Store(c + (4 * strideC));
        c41.Store(c + (4 * strideC) + 16);
        c50.Store(c + (5 * strideC));
        c51.Store(c + (5 * strideC) + 16);
        c60.Store(c + (6 * strideC));
        c61.Store(c + (6 * strideC) + 16);
        c70.Store(c + (7 * strideC));
        c71.Store(c + (7 * strideC) + 16);
    }

    /// <summary>8x16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512By16(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector512<float>.Zero;
        var c10 = Vector512<float>.Zero;
        var c20 = Vector512<float>.Zero;
        var c30 = Vector512<float>.Zero;
        var c40 = Vector512<float>.Zero;
        var c50 = Vector512<float>.Zero;
        var c60 = Vector512<float>.Zero;
        var c70 = Vector512<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var a0 = Vector512.Create(a[0]);
            c00 = Vector512.FusedMultiplyAdd(a0, b0, c00);
            var a1 = Vector512.Create(a[1]);
            c10 = Vector512.FusedMultiplyAdd(a1, b0, c10);
            var a2 = Vector512.Create(a[2]);
            c20 = Vector512.FusedMultiplyAdd(a2, b0, c20);
            var a3 = Vector512.Create(a[3]);
            c30 = Vector512.FusedMultiplyAdd(a3, b0, c30);
            var a4 = Vector512.Create(a[4]);
            c40 = Vector512.FusedMultiplyAdd(a4, b0, c40);
            var a5 = Vector512.Create(a[5]);
            c50 = Vector512.FusedMultiplyAdd(a5, b0, c50);
            var a6 = Vector512.Create(a[6]);
            c60 = Vector512.FusedMultiplyAdd(a6, b0, c60);
            var a7 = Vector512.Create(a[7]);
            c70 = Vector512.FusedMultiplyAdd(a7, b0, c70);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector512.Load(c);
            c10 += Vector512.Load(c + strideC);
            c20 += Vector512.Load(c + (2 * strideC));
            c30 += Vector512.Load(c + (3 * strideC));
            c40 += Vector512.Load(c + (4 * strideC));
            c50 += Vector512.Load(c + (5 * strideC));
            c60 += Vector512.Load(c + (6 * strideC));
            c70 += Vector512.Load(c + (7 * strideC));
        }

        c00.Store(c);
        c10.Store(c + strideC);
        c20.Store(c + (2 * strideC));
        c30.Store(c + (3 * strideC));
        c40.Store(c + (4 * strideC));
        c50.Store(c + (5 * strideC));
        c60.Store(c + (6 * strideC));
        c70.Store(c + (7 * strideC));
    }
}
