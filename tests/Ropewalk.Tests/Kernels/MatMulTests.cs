using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Tests.Kernels;

[Trait("Category", "Kernels")]
public sealed unsafe class MatMulTests
{
    private static readonly int[] s_rows = [1, 2, 3, 4, 5, 8, 17, 191, 192, 193, 194, 195, 196, 197, 198, 199, 200, 400];

    public static TheoryData<int, int> Shapes()
    {
        var data = new TheoryData<int, int>();
        foreach (var columns in (int[])[1, 15, 16, 33, 48, 49, 257])
        {
            foreach (var depth in (int[])[1, 7, 64, 384, 385, 1000])
            {
                data.Add(columns, depth);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_agrees_with_the_definition_and_rows_do_not_depend_on_each_other(int numColumns, int depth)
    {
        // Every number of rows where a product is small; where it is large the edges alone, because the definition is slow.
        var rows = Simd.IsReduced ? [1, 5, numColumns * depth <= 1024 ? 193 : 17] : numColumns * depth <= 1024 ? s_rows : numColumns * depth <= 60_000 ? [1, 5, 17, 197] : [4, 5, 193];
        foreach (var type in (GgmlType[])[GgmlType.F32, GgmlType.BF16])
        {
            var w = Numbers.Random(numColumns * depth, 5);
            w = type == GgmlType.BF16 ? Numbers.ToBfloat16(w) : w;
            using var packed = Pack(w, numColumns, depth, type);
            foreach (var numRows in rows)
            {
                var x = Numbers.Random(numRows * depth, 6);
                var product = new float[numRows * numColumns];
                MatMul.Reference(x, numRows, w, numColumns, depth, product);
                foreach (var accumulate in (bool[])[false, true])
                {
                    var before = Numbers.Random(numRows * numColumns, 7);
                    var expected = accumulate ? [.. product.Zip(before, (p, b) => p + b)] : product;
                    var forward = before.ToArray();
                    var parallel = before.ToArray();
                    var single = before.ToArray();
                    fixed (float* px = x, pf = forward, pp = parallel, ps = single)
                    {
                        MatMul.Forward(px, numRows, depth, packed, pf, numColumns, accumulate);
                        MatMul.ForwardParallel(px, numRows, depth, packed, pp, numColumns, accumulate);
                        for (var row = 0; row < numRows; row++)
                        {
                            MatMul.Forward(px + (row * depth), 1, depth, packed, ps + (row * numColumns), numColumns, accumulate);
                        }
                    }

                    var where = $"{type} M {numRows} N {numColumns} K {depth} accumulate {accumulate}";
                    Numbers.Close(expected, forward, 1e-7 * (depth + 6), where);
                    Numbers.Same(forward, parallel, where + " parallel");
                    Numbers.Same(forward, single, where + " row by row");
                }
            }
        }
    }

    [Fact]
    public void Strides_leave_what_lies_between_rows_alone()
    {
        const int Rows = 13;
        const int Depth = 390;
        const int Columns = 50;
        var w = Numbers.Random(Columns * Depth, 8);
        using var packed = Pack(w, Columns, Depth, GgmlType.F32);
        var x = Numbers.Random(Rows * (Depth + 5), 9);
        var dense = new float[Rows * Depth];
        var expected = new float[Rows * Columns];
        var found = new float[Rows * (Columns + 7)];
        Array.Fill(found, 77f);
        for (var row = 0; row < Rows; row++)
        {
            x.AsSpan(row * (Depth + 5), Depth).CopyTo(dense.AsSpan(row * Depth));
        }

        MatMul.Reference(dense, Rows, w, Columns, Depth, expected);
        fixed (float* px = x, pf = found)
        {
            MatMul.Forward(px, Rows, Depth + 5, packed, pf, Columns + 7, accumulate: false);
        }

        for (var row = 0; row < Rows; row++)
        {
            Numbers.Close(expected.AsSpan(row * Columns, Columns), found.AsSpan(row * (Columns + 7), Columns), 5e-5, $"row {row}");
            Assert.All(found[((row * (Columns + 7)) + Columns)..((row + 1) * (Columns + 7))], v => Assert.Equal(77f, v));
        }
    }

    [Theory]
    [InlineData(GgmlType.F32)]
    [InlineData(GgmlType.BF16)]
    public void A_packed_row_is_copied_as_it_was(GgmlType type)
    {
        const int Rows = 113;
        const int Depth = 21;
        var w = Numbers.ToBfloat16(Numbers.Random(Rows * Depth, 10));
        using var packed = Pack(w, Rows, Depth, type);
        for (var row = 0; row < Rows; row++)
        {
            var copy = new float[Depth];
            packed.CopyRow(row, copy);
            Numbers.Same(w.AsSpan(row * Depth, Depth), copy, $"{type} row {row}");
        }
    }

    [Fact]
    public void Eight_by_eight_numbers_change_rows_for_columns()
    {
        var source = Numbers.Random(8 * 11, 11);
        var found = new float[8 * 9];
        fixed (float* ps = source, pf = found)
        {
            MatMul.Transpose8By8(ps, 11, pf, 9);
        }

        for (var i = 0; i < 8; i++)
        {
            for (var j = 0; j < 8; j++)
            {
                Assert.True(source[(i * 11) + j].Equals(found[(j * 9) + i]), $"source[{i}][{j}]: expected {source[(i * 11) + j]}, found {found[(j * 9) + i]}");
            }
        }
    }

    private static PackedMatrix Pack(float[] w, int rows, int columns, GgmlType type)
    {
        var packed = new PackedMatrix(rows, columns, type);
        for (var panel = 0; panel < packed.NumPanels; panel++)
        {
            var first = panel * MicroKernel.Columns;
            packed.SetPanel(panel, w.AsSpan(first * columns, Math.Min(MicroKernel.Columns, rows - first) * columns));
        }

        return packed;
    }
}
