using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;
using Ropewalk.Tests.Tensors;

namespace Ropewalk.Tests.Kernels;

/// <summary>Products and row copies of matrices in every stored type, against the float64 definition on the numbers they stand for.</summary>
[Collection(nameof(ThreadCount))]
[Trait("Category", "Kernels")]
public sealed unsafe class StoredTypeProductTests : IDisposable
{
    private static readonly int[] s_threads = [1, 2, 3, 5];
    private readonly int _before = WorkerPool.NumThreads;

    public static TheoryData<GgmlType> Types => [.. StoredWeights.Types];

    public static TheoryData<GgmlType> BlockTypes => [.. StoredWeights.Types.Where(GgmlTypes.IsQuantized)];

    public void Dispose() => WorkerPool.NumThreads = _before;

    [Theory]
    [MemberData(nameof(Types))]
    public void A_product_agrees_with_the_definition_and_rows_do_not_depend_on_each_other(GgmlType type)
    {
        int[] depths = GgmlTypes.BlockLength(type) switch
        {
            1 => [1, 37, 385, 800],
            32 => [32, 96, 416, 800],
            _ => [256, 512, 1280],
        };
        foreach (var numColumns in (int[])[1, 17, 47, 49, 1003])
        {
            foreach (var depth in Simd.IsReduced && numColumns > 100 ? depths[..1] : depths)
            {
                var bytes = StoredWeights.Random(type, numColumns, depth, 21);
                var w = StoredWeights.Decode(type, bytes, numColumns, depth);
                using var packed = StoredWeights.Pack(type, bytes, numColumns, depth);
                var x = Numbers.Random(9 * depth, 22);
                var expected = new float[9 * numColumns];
                MatMul.Reference(x, 9, w, numColumns, depth, expected);
                var nine = Forward(packed, x, 9);
                Numbers.Close(expected, nine, 2e-7 * (depth + 6), $"{type} N {numColumns} K {depth}");
                for (var numRows = 1; numRows <= 8; numRows++)
                {
                    var found = Forward(packed, x, numRows);
                    Numbers.Same(nine.AsSpan(0, found.Length), found, $"{type} M {numRows} N {numColumns} K {depth}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_product_does_not_depend_on_the_number_of_threads(GgmlType type)
    {
        var numColumns = Simd.IsReduced ? 113 : 1003;
        var depth = 512;
        var bytes = StoredWeights.Random(type, numColumns, depth, 23);
        using var packed = StoredWeights.Pack(type, bytes, numColumns, depth);
        foreach (var numRows in (int[])[1, 3, 9, 50, 250])
        {
            var x = Numbers.Random(numRows * depth, 24);
            var expected = Forward(packed, x, numRows);
            foreach (var threads in s_threads)
            {
                WorkerPool.NumThreads = threads;
                var found = new float[expected.Length];
                fixed (float* px = x, pf = found)
                {
                    MatMul.ForwardParallel(px, numRows, depth, packed, pf, numColumns, accumulate: false);
                }

                Numbers.Same(expected, found, $"{type} M {numRows}, {threads} threads");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_row_is_copied_as_it_was(GgmlType type)
    {
        const int Rows = 113;
        const int Depth = 256;
        var bytes = StoredWeights.Random(type, Rows, Depth, 25);
        var w = StoredWeights.Decode(type, bytes, Rows, Depth);
        using var packed = StoredWeights.Pack(type, bytes, Rows, Depth);
        var copy = new float[Depth];
        for (var row = 0; row < Rows; row++)
        {
            packed.CopyRow(row, copy);
            Numbers.Same(w.AsSpan(row * Depth, Depth), copy, $"{type} row {row}");
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void Rows_of_someone_elses_memory_are_taken_in_the_order_given(GgmlType type)
    {
        const int Rows = 60;
        const int Depth = 512;
        var rowBytes = (int)GgmlTypes.RowBytes(type, Depth);
        var order = Enumerable.Range(0, Rows).Select(r => (r * 7 % Rows) + (r % 2)).ToArray();
        var bytes = StoredWeights.Random(type, Rows + 1, Depth, 26);
        byte[] ordered = [.. order.SelectMany(r => bytes.Skip(r * rowBytes).Take(rowBytes))];
        var x = Numbers.Random(7 * Depth, 27);
        fixed (byte* data = bytes)
        {
            using var inOrder = PackedMatrix.Over(data, Rows, Depth, type, null);
            using var given = PackedMatrix.Over(data, Rows, Depth, type, order);
            using var copied = StoredWeights.Pack(type, bytes[..(Rows * rowBytes)], Rows, Depth);
            using var copiedInOrder = StoredWeights.Pack(type, ordered, Rows, Depth);
            Numbers.Same(Forward(copied, x, 7), Forward(inOrder, x, 7), $"{type} in order");
            Numbers.Same(Forward(copiedInOrder, x, 7), Forward(given, x, 7), $"{type} in another order");
            Assert.Equal(copied.SizeBytes, given.SizeBytes);
            Assert.Throws<InvalidOperationException>(() => given.SetRows(0, new byte[rowBytes]));
        }
    }

    [Fact]
    public void What_does_not_fit_a_type_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new PackedMatrix(3, 48, GgmlType.Q8_0));
        Assert.Throws<ArgumentException>(() => new PackedMatrix(3, 128, GgmlType.Q6_K));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PackedMatrix(3, 128, GgmlType.F64));
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedMatrix.Over(null, 3, 32, GgmlType.F32, null));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Over(null, 3, 32, GgmlType.Q8_0, [0, 1]));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Over(null, 3, 32, GgmlType.Q8_0, [0, 1, -1]));
        using var blocks = new PackedMatrix(3, 64, GgmlType.Q8_0);
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.SetRows(2, new byte[136]));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.SetRows(0, new byte[67]));
        Assert.Throws<ArgumentOutOfRangeException>(() => blocks.SetRows(-1, new byte[68]));
        Assert.Throws<InvalidOperationException>(() => blocks.SetPanel(0, new float[192]));
        Assert.Throws<InvalidOperationException>(() => blocks.SetPanel(0, new ushort[192]));
        using var singles = new PackedMatrix(3, 64, GgmlType.F32);
        Assert.Throws<InvalidOperationException>(() => singles.SetPanel(0, new ushort[192]));
        Assert.Throws<InvalidOperationException>(() => singles.SetRows(0, new byte[256]));
        Assert.Throws<ArgumentOutOfRangeException>(() => singles.SetPanel(0, new float[191]));
        Assert.Throws<ArgumentOutOfRangeException>(() => singles.SetPanel(1, new float[192]));
    }

    private static float[] Forward(PackedMatrix packed, float[] x, int numRows)
    {
        var found = new float[numRows * packed.Rows];
        fixed (float* px = x, pf = found)
        {
            MatMul.Forward(px, numRows, packed.Columns, packed, pf, packed.Rows, accumulate: false);
        }

        return found;
    }
}
