using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

/// <summary>Kernels allocate nothing on the managed heap: a token goes through hundreds of them.</summary>
[Trait("Category", "Kernels")]
public sealed unsafe class AllocationTests
{
    private const int Width = 96;
    private const int Calls = 50;

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    [InlineData(GgmlType.Q8_0)]
    public void Products_allocate_nothing(GgmlType type)
    {
        const int Rows = 50;
        using var w = new PackedMatrix(Width, Width, type);
        using var x = new NativeBuffer<float>(Rows * Width);
        using var y = new NativeBuffer<float>(Rows * Width);
        foreach (var rows in (int[])[1, 3, Rows])
        {
            Assert.Equal(0, Allocated(() => MatMul.Forward(x.Pointer, rows, Width, w, y.Pointer, Width, accumulate: false)));
        }
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void Attention_allocates_nothing(GgmlType type)
    {
        const int Keys = 160;
        using var keys = new NativeBuffer<float>(Keys * Width);
        using var output = new NativeBuffer<float>(Attention.QueryBlock * Width);
        using var scratch = new NativeBuffer<float>(Attention.ScratchLength(Width));
        using var ranges = new NativeBuffer<long>(2 * Attention.QueryBlock);
        var first = ranges.Pointer;
        var end = first + Attention.QueryBlock;
        for (var query = 0; query < Attention.QueryBlock; query++)
        {
            end[query] = Keys - Attention.QueryBlock + query + 1;
        }

        var panels = new HeadPanels((nint)keys.Pointer, (nint)keys.Pointer, type, Keys, Width);
        Assert.Equal(0, Allocated(() =>
        {
            Attention.Begin(scratch.Pointer, Attention.QueryBlock, Width);
            Attention.Accumulate(scratch.Pointer, Attention.QueryBlock, first, end, panels);
            Attention.End(scratch.Pointer, Attention.QueryBlock, Width, Width, output.Pointer, Width);
        }));
        Assert.Equal(0, Allocated(() =>
        {
            Attention.BeginOne(scratch.Pointer, Width);
            Attention.AccumulateOne(scratch.Pointer, 0, Keys, panels);
            Attention.EndOne(scratch.Pointer, Width, Width, output.Pointer);
        }));
    }

    [Fact]
    public void Elementwise_kernels_allocate_nothing()
    {
        const int Rows = 5;
        using var x = new NativeBuffer<float>(Rows * Width);
        using var y = new NativeBuffer<float>(Rows * Width);
        var weight = new float[Width];
        Assert.Equal(0, Allocated(() => RmsNorm.Forward(x.Pointer, Rows, weight, 1e-5f, y.Pointer)));
        Assert.Equal(0, Allocated(() => LayerNorm.Forward(x.Pointer, Rows, weight, weight, 1e-5f, y.Pointer)));
        Assert.Equal(0, Allocated(() => Rotate.Forward(x.Pointer, Width, x.Pointer, x.Pointer, Width / 2, 1, y.Pointer, 1)));
        Assert.Equal(0, Allocated(() => CrossEntropy.Forward(x.Pointer, Rows * Width, 1)));
        foreach (var activation in Enum.GetValues<Activation>())
        {
            Assert.Equal(0, Allocated(() => Activate.Forward(activation, y.Pointer, x.Pointer, (Rows * Width) - 1)));
        }
    }

    /// <summary>Bytes of many calls after one that compiles and makes the thread's scratch memory.</summary>
    private static long Allocated(Action kernel)
    {
        kernel();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < Calls; call++)
        {
            kernel();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
