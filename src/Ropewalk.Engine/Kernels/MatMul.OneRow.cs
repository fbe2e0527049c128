using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Kernels;

// One row: every weight is read once, so the time is the memory's. Panels are widened in registers; only rows of blocks go through scratch.
internal static unsafe partial class MatMul
{
    /// <summary>One row by panels, with the sums in the order that <see cref="MicroKernel.Tile"/> has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(float* x, PackedMatrix w, int firstPanel, int endPanel, float* y, bool accumulate)
    {
        var sums = stackalloc float[MicroKernel.Columns];
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            var width = w.WidthOf(panel);
            for (var k = 0; k < w.Columns; k += DepthBlock)
            {
                new Span<float>(sums, width).Clear();
                AddBlock(x + k, w, panel, k, Math.Min(DepthBlock, w.Columns - k), width, sums);
                CopyEdge(sums, y + (panel * MicroKernel.Columns), 1, w.RowsOf(panel), 0, accumulate || k > 0);
            }
        }
    }

    private static void AddBlock(float* x, PackedMatrix w, int panel, int depth, int count, int width, float* sums)
    {
        if (w.Bytes is { } bytes)
        {
            bytes.AddRow(x, panel, depth, count, sums);
        }
        else if (w.Type == GgmlType.BF16)
        {
            AddPart<StoredBfloat16>(x, (byte*)w.HalvesAt(panel, depth), count, width, sums);
        }
        else if (w.Type == GgmlType.F16)
        {
            AddPart<StoredFloat16>(x, (byte*)w.HalvesAt(panel, depth), count, width, sums);
        }
        else
        {
            var widened = w.Type == GgmlType.F32 ? null : Scratch.Current.Get(Scratch.Slot.WidenedPanel, DepthBlock * MicroKernel.Columns);
            AddPart<StoredFloat32>(x, (byte*)w.Block(panel, depth, count, widened), count, width, sums);
        }
    }

    /// <summary>sums[width] += x[depth] B[depth, width] in rising order of depth. A method of its own: inside the loops over blocks the sums
    /// would not stay in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void AddPart<TStored>(float* x, byte* b, int depth, int width, float* sums)
        where TStored : struct, IStored
    {
        if (width == MicroKernel.Columns)
        {
            var s0 = Vector512.Load(sums);
            var s1 = Vector512.Load(sums + 16);
            var s2 = Vector512.Load(sums + 32);
            for (var i = 0; i < depth; i++, b += MicroKernel.Columns * TStored.Size)
            {
                var a = Vector512.Create(x[i]);
                s0 = Vector512.FusedMultiplyAdd(a, TStored.Load16(b), s0);
                s1 = Vector512.FusedMultiplyAdd(a, TStored.Load16(b + (16 * TStored.Size)), s1);
                s2 = Vector512.FusedMultiplyAdd(a, TStored.Load16(b + (32 * TStored.Size)), s2);
            }

            s0.Store(sums);
            s1.Store(sums + 16);
            s2.Store(sums + 32);
            return;
        }

        for (var column = 0; column < width; column += 16)
        {
            var s = Vector512.Load(sums + column);
            for (var i = 0; i < depth; i++)
            {
                s = Vector512.FusedMultiplyAdd(Vector512.Create(x[i]), TStored.Load16(b + (((i * width) + column) * TStored.Size)), s);
            }

            s.Store(sums + column);
        }
    }
}
