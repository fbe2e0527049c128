using FsCheck;
using FsCheck.Fluent;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

/// <summary>What holds for every plan, whatever its parameters, against the definition cell by cell.</summary>
public class PositionPlanPropertyTests
{
    private const int Tokens = 70;

    private static readonly Gen<PositionPlan> Plans =
        from original in Gen.Choose(3, 40)
        from kind in Gen.Choose(0, 9)
        from a in Gen.Choose(1, original)
        from b in Gen.Choose(1, original)
        from c in Gen.Choose(1, 12)
        from choice in Gen.Elements(false, true)
        select Create(original, kind, a, b, c, choice);

    private static readonly Gen<PositionPlan> BidirectionalPlans = Plans.Where(p => p is FullPlan or SelfExtendPlan or GroupedPlan or RecurrentPlan or LogNPlan);

    [Fact]
    public void Bands_of_a_causal_layout_share_no_cell_and_leave_none_out() => Check(Plans, plan =>
    {
        var layout = plan.Causal();
        for (var query = 0; query < Tokens; query++)
        {
            for (var key = 0; key < Tokens; key++)
            {
                // Distance itself fails on a cell of two bands.
                Assert.Equal(Sees(plan, query, key), PlanCells.Distance(layout, query, key) is not null);
            }
        }
    });

    [Fact]
    public void Distances_are_those_of_the_formulas() => Check(Plans, plan =>
    {
        var layout = plan.Causal();
        for (var query = 0; query < Tokens; query++)
        {
            for (var key = 0; key <= query; key++)
            {
                if (Formula(plan, query, key) is { } expected && PlanCells.Distance(layout, query, key) is { } found)
                {
                    Assert.Equal(expected, found, 1e-9);
                }
            }
        }
    });

    [Fact]
    public void Ranges_never_fall_and_leave_no_gap() => Check(Plans, plan =>
    {
        Assert.All(plan.Causal().Bands, band => CheckRanges(band, query => query + 1));
    });

    [Fact]
    public void Blocks_are_judged_as_their_cells_are() => Check(from plan in Plans from seed in Gen.Choose(0, int.MaxValue) select (plan, seed), input =>
    {
        Assert.All(input.plan.Causal().Bands, band => CheckBlocks(band, new(input.seed)));
    });

    [Fact]
    public void Reach_is_one_more_than_the_largest_distance_and_the_longest_window_is_its_limit() => Check(Plans, plan =>
    {
        var layout = plan.Causal();
        var largest = 0d;
        for (var query = 0; query < Tokens; query++)
        {
            for (var key = 0; key <= query; key++)
            {
                largest = Math.Max(largest, Math.Abs(PlanCells.Distance(layout, query, key) ?? 0));
            }

            Assert.Equal((long)Math.Ceiling(largest - 1e-9) + 1, plan.Reach(query + 1));
        }

        var longest = plan.LongestWindow;
        if (longest == PositionPlan.Unlimited)
        {
            Assert.True(plan.Reach(1L << 50) <= plan.OriginalContext);
        }
        else
        {
            Assert.True(plan.Reach(longest) <= plan.OriginalContext && plan.Reach(longest + 1) > plan.OriginalContext);
        }
    });

    [Fact]
    public void A_spec_is_read_back_as_the_same_plan() => Check(Plans, plan =>
    {
        Assert.Equal(plan, PositionPlanRegistry.Parse(plan.Spec, plan.OriginalContext));
        Assert.Equal(plan.GetHashCode(), PositionPlanRegistry.Parse(plan.Spec, plan.OriginalContext).GetHashCode());
    });

    [Fact]
    public void Every_cell_of_a_whole_text_is_in_one_band_and_mirrored() => Check(from plan in BidirectionalPlans from length in Gen.Choose(1, Tokens) select (plan, length), input =>
    {
        var layout = input.plan.Bidirectional(input.length);
        Assert.All(layout.Bands, band => CheckRanges(band, _ => input.length, input.length));
        for (var query = 0; query < input.length; query++)
        {
            Assert.Null(PlanCells.Distance(layout, query, input.length));
            for (var key = 0; key < input.length; key++)
            {
                Assert.Equal(PlanCells.Distance(layout, key, query)!.Value, -PlanCells.Distance(layout, query, key)!.Value, 1e-9);
            }
        }
    });

    private static PositionPlan Create(int original, int kind, int a, int b, int c, bool choice) => kind switch
    {
        0 => new FullPlan(original),
        1 => new SelfExtendPlan(original, c, a, choice ? SelfExtendRounding.Fractional : SelfExtendRounding.Floor),
        2 => new DualChunkPlan(original, Math.Max(2, a), Math.Min(b, Math.Max(2, a) - 1), choice ? DualChunkVariant.Paper : DualChunkVariant.Code, DualChunkScale.Qwen),
        3 => new ReRopePlan(original, a),
        4 => new LeakyReRopePlan(original, a, choice ? c : 1 + (c / 7d)),
        5 => new GroupedPlan(original, c),
        6 => new RecurrentPlan(original, a),
        7 => new SinksPlan(original, Math.Min(a, original - 1), Math.Max(1, Math.Min(b, original - a)), Math.Min(c, Math.Max(1, Math.Min(b, original - a)))),
        8 => new ParallelWindowsPlan(original, [.. new[] { a, b, c }.Select(n => Math.Min(n, original - 1))], choice ? WindowIndentation.Right : WindowIndentation.Left),
        _ => new LogNPlan(choice ? new FullPlan(original) : new SelfExtendPlan(original, c, a), b + 1),
    };

    private static bool Sees(PositionPlan plan, int query, int key)
    {
        if (key > query)
        {
            return false;
        }

        if (plan is SinksPlan sinks)
        {
            var nextEviction = ((query / sinks.Evict) + 1) * sinks.Evict;
            return key < sinks.Start || key >= nextEviction - sinks.Recent;
        }

        if (plan is ParallelWindowsPlan windows && query < windows.TaskIndex)
        {
            return key == 0 || windows.Segments.Any(s => s.Range.Contains(query) && s.Range.Contains(key));
        }

        return true;
    }

    // methods.md 12 to 14 and 18, written again with whole-number arithmetic; null where another test has the definition.
    private static double? Formula(PositionPlan plan, int i, int j) => plan switch
    {
        FullPlan => i - j,
        LogNPlan log => Formula(log.Inner, i, j),
        SelfExtendPlan { Rounding: SelfExtendRounding.Floor } p => i - j < p.Window ? i - j : (i / p.Group) - (j / p.Group) + p.Window - (p.Window / p.Group),
        SelfExtendPlan p => i - j < p.Window ? i - j : (i / p.Group) - (j / p.Group) + p.Window - ((double)p.Window / p.Group),
        ReRopePlan p => Math.Min(i - j, p.Window),
        LeakyReRopePlan p => i - j < p.Window ? i - j : p.Window + ((i - j - p.Window) / p.Factor),
        GroupedPlan p => (i / p.Group!.Value) - (j / p.Group.Value),
        RecurrentPlan p => (i % p.Period) - (j % p.Period),
        DualChunkPlan p => DualChunk(p, i, j),
        _ => null,
    };

    private static double DualChunk(DualChunkPlan p, int i, int j)
    {
        var s = p.Chunk - p.Local;
        var most = p.Variant is DualChunkVariant.Paper ? p.Chunk - 1 : p.Chunk;
        return ((i / s) - (j / s)) switch
        {
            0 => i - j,
            1 => Math.Min((i % s) + s, most) - (j % s),
            _ when p.Variant is DualChunkVariant.Code => Math.Min(s - 1 + s, most) - (j % s),
            _ => most - (j % s),
        };
    }

    private static void CheckRanges(PositionBand band, Func<long, long> limit, int queries = Tokens)
    {
        var before = new IndexRange(0, 0);
        for (var query = 0; query < queries; query++)
        {
            var range = band.Keys(query);
            Assert.True(range.First >= before.First && range.End >= before.End, $"query {query}: {before} then {range}");
            Assert.True(range.First <= before.End || query == 0, $"query {query}: a gap between {before} and {range}");
            Assert.True(range.First >= 0 && range.End >= range.First && (range.IsEmpty || range.End <= limit(query)), $"query {query}: {range}");
            Assert.True(double.IsFinite(band.QueryPositions.At(query)) && band.QueryPositions.At(query) >= 0);
            Assert.True(double.IsFinite(band.KeyPositions.At(query)) && band.KeyPositions.At(query) >= 0);
            before = range;
        }
    }

    private static void CheckBlocks(PositionBand band, Random random)
    {
        for (var block = 0; block < 20; block++)
        {
            var queries = Range();
            var keys = Range();
            var cells = 0L;
            var union = Enumerable.Range((int)queries.First, (int)queries.Count).Select(q => band.Keys(q)).Where(r => !r.IsEmpty).ToArray();
            foreach (var range in union)
            {
                cells += Math.Max(0, Math.Min(range.End, keys.End) - Math.Max(range.First, keys.First));
            }

            var expected = cells == 0 ? BandCover.None : cells == queries.Count * keys.Count ? BandCover.All : BandCover.Partial;
            Assert.Equal(expected, band.Cover(queries, keys));
            var read = band.Keys(queries);
            Assert.Equal(union.Length == 0, read.IsEmpty);
            if (!read.IsEmpty)
            {
                Assert.Equal(new(union.Min(r => r.First), union.Max(r => r.End)), read);
            }
        }

        IndexRange Range()
        {
            var first = random.Next(Tokens);
            return new(first, first + 1 + random.Next(Tokens - first));
        }
    }

    private static void Check<T>(Gen<T> inputs, Action<T> property) => Prop.ForAll(inputs.ToArbitrary(), property).QuickCheckThrowOnFailure();
}
