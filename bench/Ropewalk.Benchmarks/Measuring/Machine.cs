using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>What this machine can do at most, measured: multiply-adds that touch nothing but registers, and reading memory. Over as many threads as
/// <see cref="WorkerPool.NumThreads"/> says, the best of a second and a half.</summary>
internal static unsafe class Machine
{
    private const double Budget = 1.5;
    private const int Steps = 1 << 20;
    private const long BufferLength = 1L << 28;
    private const long PartLength = 1L << 24;
    private const int SliceLength = 1 << 18;

    // As many as hide the latency of a multiply-add with two units, and fit into 16 registers with both factors.
    private const int Accumulators = 12;

    private static float s_kept;

    /// <summary>Bits of the vectors that the kernels use here.</summary>
    public static int VectorBits => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>Operations of <see cref="Loop"/>: two for each lane of a multiply-add.</summary>
    public static double FlopsOfLoop => 2.0 * Steps * Accumulators * (Vector512.IsHardwareAccelerated ? Vector512<float>.Count : Vector<float>.Count);

    /// <summary>Floating-point operations a second.</summary>
    public static double Flops()
    {
        var threads = WorkerPool.NumThreads;
        return threads * FlopsOfLoop / Clock.Best(Budget, () => WorkerPool.For(threads, _ => Loop()));
    }

    /// <summary>Multiply-adds in registers, on the calling thread.</summary>
    public static void Loop() => s_kept = Vector512.IsHardwareAccelerated ? Loop512(1f, 0.001f) : LoopPortable(1f, 0.001f);

    /// <summary>Bytes a second that are read from memory: a part at a time of a buffer that no cache holds.</summary>
    public static double ReadBytes()
    {
        using var buffer = new NativeBuffer<float>(BufferLength);
        var part = 0;
        var seconds = Clock.Best(Budget, () =>
        {
            var first = buffer.Pointer + (part * PartLength);
            WorkerPool.For((int)(PartLength / SliceLength), slice => s_kept = Sum(first + ((long)slice * SliceLength)));
            part = (part + 1) % (int)(BufferLength / PartLength);
        });
        return (double)PartLength * sizeof(float) / seconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop512(float factor, float addend)
    {
        var f = Vector512.Create(factor);
        var a = Vector512.Create(addend);
        Vector512<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (var step = 0; step < Steps; step++)
        {
            s0 = Vector512.FusedMultiplyAdd(s0, f, a);
            s1 = Vector512.FusedMultiplyAdd(s1, f, a);
            s2 = Vector512.FusedMultiplyAdd(s2, f, a);
            s3 = Vector512.FusedMultiplyAdd(s3, f, a);
            s4 = Vector512.FusedMultiplyAdd(s4, f, a);
            s5 = Vector512.FusedMultiplyAdd(s5, f, a);
            s6 = Vector512.FusedMultiplyAdd(s6, f, a);
            s7 = Vector512.FusedMultiplyAdd(s7, f, a);
            s8 = Vector512.FusedMultiplyAdd(s8, f, a);
            s9 = Vector512.FusedMultiplyAdd(s9, f, a);
            s10 = Vector512.FusedMultiplyAdd(s10, f, a);
            s11 = Vector512.FusedMultiplyAdd(s11, f, a);
        }

        return Vector512.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float LoopPortable(float factor, float addend)
    {
        var f = new Vector<float>(factor);
        var a = new Vector<float>(addend);
        Vector<float> s0 = a, s1 = a, s2 = a, s3 = a, s4 = a, s5 = a, s6 = a, s7 = a, s8 = a, s9 = a, s10 = a, s11 = a;
        for (var step = 0; step < Steps; step++)
        {
            s0 = Vector.FusedMultiplyAdd(s0, f, a);
            s1 = Vector.FusedMultiplyAdd(s1, f, a);
            s2 = Vector.FusedMultiplyAdd(s2, f, a);
            s3 = Vector.FusedMultiplyAdd(s3, f, a);
            s4 = Vector.FusedMultiplyAdd(s4, f, a);
            s5 = Vector.FusedMultiplyAdd(s5, f, a);
            s6 = Vector.FusedMultiplyAdd(s6, f, a);
            s7 = Vector.FusedMultiplyAdd(s7, f, a);
            s8 = Vector.FusedMultiplyAdd(s8, f, a);
            s9 = Vector.FusedMultiplyAdd(s9, f, a);
            s10 = Vector.FusedMultiplyAdd(s10, f, a);
            s11 = Vector.FusedMultiplyAdd(s11, f, a);
        }

        return Vector.Sum(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float* from)
    {
        var step = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (var end = from + SliceLength; from < end; from += 4 * step)
        {
            s0 += Vector.Load(from);
            s1 += Vector.Load(from + step);
            s2 += Vector.Load(from + (2 * step));
            s3 += Vector.Load(from + (3 * step));
        }

        return Vector.Sum(s0 + s1 + s2 + s3);
    }
}
