using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Embedding;

/// <summary>Attention over the whole text under a plan, against its definition: each pair turned by its own distance, in float64.</summary>
public sealed unsafe class BidirectionalPlanTests
{
    private const int Length = 203;
    private const int HeadWidth = 20;
    private const int Window = 32;
    private const int Group = 3;

    [Fact]
    public void Selfextend_is_its_definition()
    {
        var plan = new SelfExtendPlan(64, Group, Window);
        Check(plan.Bidirectional(Length), (i, j) => Distance(i, j), (_, _) => true);

        // methods.md 18.1: a near key at its distance, a far one at that of the groups, mirrored for keys after the query.
        static double Distance(int i, int j) => Math.Abs(i - j) < Window ? i - j : i > j ? Far(i, j) : -Far(j, i);
        static int Far(int later, int earlier) => (later / Group) + Window - (Window / Group) - (earlier / Group);
    }

    [Fact]
    public void Neighbours_are_seen_on_both_sides() =>
        Check(PlanLayout.Neighbours(Length, 16), (i, j) => i - j, (i, j) => Math.Abs(i - j) <= 16);

    [Fact]
    public void Groups_share_a_position() => Check(new GroupedPlan(64).Bidirectional(Length), (i, j) => (i / 4) - (j / 4), (_, _) => true);

    private static void Check(PlanLayout layout, Func<int, int, double> distance, Func<int, int, bool> isSeen)
    {
        var geometry = new RopeGeometry(HeadWidth, 10000, 64);
        var frequencies = new NoScaling(geometry).At(1);
        var shape = new ModelShape(1, HeadWidth, 1, 1, HeadWidth, 1, 1);
        var queries = Numbers.Random(Length * HeadWidth, 1, 2);
        var keys = Numbers.Random(Length * HeadWidth, 2, 2);
        var values = Numbers.Random(Length * HeadWidth, 3);
        var expected = Reference(queries, keys, values, frequencies, distance, isSeen);

        using var rotary = new RotaryTable(frequencies, layout, Length);
        using var cache = new KeyValueCache(shape, Length, singlePass: true, GgmlType.F32, rotary.NumKeySets);
        fixed (float* q = queries)
        fixed (float* k = keys)
        fixed (float* v = values)
        {
            HeadAttention.Store(k, v, Length, 0, shape, rotary, cache, 0);
            HeadAttention.Forward(q, HeadWidth, Length, 0, HeadWidth, 1 / MathF.Sqrt(HeadWidth), rotary, cache, 0, 0, window: 0);
        }

        Numbers.Close(expected, queries, 2e-5, "attention");
    }

    private static float[] Reference(float[] queries, float[] keys, float[] values, RopeFrequencies frequencies, Func<int, int, double> distance, Func<int, int, bool> isSeen)
    {
        var result = new float[Length * HeadWidth];
        var pairs = HeadWidth / 2;
        for (var i = 0; i < Length; i++)
        {
            var weights = new double[Length];
            for (var j = 0; j < Length; j++)
            {
                var score = 0d;
                for (var p = 0; p < pairs; p++)
                {
                    var (sin, cos) = Math.SinCos(distance(i, j) * frequencies.InverseFrequencies[p]);
                    double a = queries[(i * HeadWidth) + p], b = queries[(i * HeadWidth) + p + pairs], c = keys[(j * HeadWidth) + p], d = keys[(j * HeadWidth) + p + pairs];
                    score += (((a * c) + (b * d)) * cos) + (((a * d) - (b * c)) * sin);
                }

                weights[j] = isSeen(i, j) ? Math.Exp(score / Math.Sqrt(HeadWidth)) : 0;
            }

            var total = weights.Sum();
            for (var k = 0; k < HeadWidth; k++)
            {
                result[(i * HeadWidth) + k] = (float)Enumerable.Range(0, Length).Sum(j => weights[j] * values[(j * HeadWidth) + k] / total);
            }
        }

        return result;
    }
}
