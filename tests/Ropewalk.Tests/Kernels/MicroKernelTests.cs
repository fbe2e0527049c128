using Ropewalk.Engine.Kernels;

namespace Ropewalk.Tests.Kernels;

/// <summary>Each tile against the sums one by one; guard numbers around C must stay.</summary>
[Trait("Category", "Kernels")]
public sealed unsafe class MicroKernelTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(32)]
    [InlineData(48)]
    public void A_tile_is_the_sum_of_products_in_rising_order(int width)
    {
        foreach (var depth in (int[])[0, 1, 7, 8, 384, 500])
        {
            foreach (var accumulate in (bool[])[false, true])
            {
                var a = Numbers.Random(Math.Max(1, depth * 8), 1);
                var b = Numbers.Random(Math.Max(1, depth * width), 2);
                var stride = width + 3;
                var before = Numbers.Random(8 * stride, 3);
                var reference = before.ToArray();
                var found = before.ToArray();
                fixed (float* pa = a, pb = b, pr = reference, pf = found)
                {
                    MicroKernel.Reference(depth, width, pa, pb, pr, stride, accumulate);
                    MicroKernel.Tile(depth, width, pa, pb, pf, stride, accumulate);
                }

                for (var row = 0; row < 8; row++)
                {
                    for (var column = 0; column < stride; column++)
                    {
                        var at = (row * stride) + column;
                        var where = $"width {width} depth {depth} accumulate {accumulate} row {row} column {column}";
                        if (column >= width)
                        {
                            Assert.True(found[at].Equals(before[at]), $"{where}: expected {before[at]} untouched, found {found[at]}");
                            continue;
                        }

                        var sum = accumulate ? before[at] : 0d;
                        for (var k = 0; k < depth; k++)
                        {
                            sum += (double)a[(k * 8) + row] * b[(k * width) + column];
                        }

                        Numbers.Close(sum, found[at], 1e-7 * (depth + 4), where);
                        Assert.True(found[at].Equals(reference[at]), $"{where}: expected {reference[at]:R} as the reference has, found {found[at]:R}");
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 32)]
    [InlineData(33, 48)]
    [InlineData(48, 48)]
    [InlineData(100, 48)]
    public void A_panel_is_as_wide_as_the_next_step(int columns, int width) => Assert.Equal(width, MicroKernel.PanelWidth(columns));
}
