using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ropewalk.Engine.Kernels;

// 4 rows by 24 or 16 columns of 8 lanes: 12 accumulators, 3 of B and 1 of A fill the 16 registers of AVX2.
internal static unsafe partial class MicroKernel
{
    /// <summary>4x24.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256By24(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector256<float>.Zero;
        var c01 = Vector256<float>.Zero;
        var c02 = Vector256<float>.Zero;
        var c10 = Vector256<float>.Zero;
        var c11 = Vector256<float>.Zero;
        var c12 = Vector256<float>.Zero;
        var c20 = Vector256<float>.Zero;
        var c21 = Vector256<float>.Zero;
        var c22 = Vector256<float>.Zero;
        var c30 = Vector256<float>.Zero;
        var c31 = Vector256<float>.Zero;
        var c32 = Vector256<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var b2 = Vector256.Load(b + 16);
            var a0 = Vector256.Create(a[0]);
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            c02 = Vector256.FusedMultiplyAdd(a0, b2, c02);
            var a1 = Vector256.Create(a[1]);
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            c12 = Vector256.FusedMultiplyAdd(a1, b2, c12);
            var a2 = Vector256.Create(a[2]);
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            c22 = Vector256.FusedMultiplyAdd(a2, b2, c22);
            var a3 = Vector256.Create(a[3]);
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
            c32 = Vector256.FusedMultiplyAdd(a3, b2, c32);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector256.Load(c);
            c01 += Vector256.Load(c + 8);
            c02 += Vector256.Load(c + 16);
            c10 += Vector256.Load(c + strideC);
            c11 += Vector256.Load(c + strideC + 8);
            c12 += Vector256.Load(c + strideC + 16);
            c20 += Vector256.Load(c + (2 * strideC));
            c21 += Vector256.Load(c + (2 * strideC) + 8);
            c22 += Vector256.Load(c + (2 * strideC) + 16);
            c30 += Vector256.Load(c + (3 * strideC));
            c31 += Vector256.Load(c + (3 * strideC) + 8);
            c32 += Vector256.Load(c + (3 * strideC) + 16);
        }

        c00.Store(c);
        c01.Store(c + 8);
        c02.Store(c + 16);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 8);
        c12.Store(c + strideC + 16);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 8);
        c22.Store(c + (2 * strideC) + 16);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 8);
        c32.Store(c + (3 * strideC) + 16);
    }

    /// <summary>4x16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256By16(int depth, float* a, float* b, int strideB, float* c, int strideC, bool accumulate)
    {
        var c00 = Vector256<float>.Zero;
        var c01 = Vector256<float>.Zero;
        var c10 = Vector256<float>.Zero;
        var c11 = Vector256<float>.Zero;
        var c20 = Vector256<float>.Zero;
        var c21 = Vector256<float>.Zero;
        var c30 = Vector256<float>.Zero;
        var c31 = Vector256<float>.Zero;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + 8);
            var a0 = Vector256.Create(a[0]);
            c00 = Vector256.FusedMultiplyAdd(a0, b0, c00);
            c01 = Vector256.FusedMultiplyAdd(a0, b1, c01);
            var a1 = Vector256.Create(a[1]);
            c10 = Vector256.FusedMultiplyAdd(a1, b0, c10);
            c11 = Vector256.FusedMultiplyAdd(a1, b1, c11);
            var a2 = Vector256.Create(a[2]);
            c20 = Vector256.FusedMultiplyAdd(a2, b0, c20);
            c21 = Vector256.FusedMultiplyAdd(a2, b1, c21);
            var a3 = Vector256.Create(a[3]);
            c30 = Vector256.FusedMultiplyAdd(a3, b0, c30);
            c31 = Vector256.FusedMultiplyAdd(a3, b1, c31);
            a += Rows;
            b += strideB;
        }

        if (accumulate)
        {
            c00 += Vector256.Load(c);
            c01 += Vector256.Load(c + 8);
            c10 += Vector256.Load(c + strideC);
            c11 += Vector256.Load(c + strideC + 8);
            c20 += Vector256.Load(c + (2 * strideC));
            c21 += Vector256.Load(c + (2 * strideC) + 8);
            c30 += Vector256.Load(c + (3 * strideC));
            c31 += Vector256.Load(c + (3 * strideC) + 8);
        }

        c00.Store(c);
        c01.Store(c + 8);
        c10.Store(c + strideC);
        c11.Store(c + strideC + 8);
        c20.Store(c + (2 * strideC));
        c21.Store(c + (2 * strideC) + 8);
        c30.Store(c + (3 * strideC));
        c31.Store(c + (3 * strideC) + 8);
    }
}
