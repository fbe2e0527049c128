using Ropewalk.Positions;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Positions.Plans;

public class PositionPlanEdgeTests
{
    private static readonly RopeGeometry Geometry = new(8, 10000, 4096);

    [Theory]
    [InlineData("full", 4096)]
    [InlineData("self-extend:group=8,window=512", ((4096 - 512) * 8) + 512)]
    [InlineData("self-extend:group=3,window=512", ((4096 - 512) * 3) + 510)]
    [InlineData("self-extend:group=1,window=512", 4096)]
    [InlineData("self-extend:group=8,window=4096", 4096)]
    [InlineData("leaky-rerope:window=512,factor=16", ((4096 - 1 - 512) * 16) + 512 + 1)]
    [InlineData("grouped:group=4", 16384)]
    [InlineData("rerope:window=4096", 4096)]
    [InlineData("parallel-windows:windows=3000/2000/1000", 5998 + 1096)]
    [InlineData("log-n", 4096)]
    [InlineData("grouped", PositionPlan.Unlimited)]
    [InlineData("dual-chunk", PositionPlan.Unlimited)]
    [InlineData("rerope:window=512", PositionPlan.Unlimited)]
    [InlineData("recurrent", PositionPlan.Unlimited)]
    [InlineData("sinks:recent=2000", PositionPlan.Unlimited)]
    [InlineData("log-n+rerope:window=512", PositionPlan.Unlimited)]
    public void The_longest_window_is_what_the_trained_distances_allow(string spec, long longest) => Assert.Equal(longest, Parse(spec).LongestWindow);

    [Theory]
    [InlineData("full")]
    [InlineData("self-extend:group=2147483647,window=4096")]
    [InlineData("self-extend:group=512,window=1,rounding=fractional")]
    [InlineData("dual-chunk")]
    [InlineData("dual-chunk:chunk=4096,local=4095,variant=paper")]
    [InlineData("rerope:window=1")]
    [InlineData("leaky-rerope:window=1,factor=1e300")]
    [InlineData("grouped:group=2147483647")]
    [InlineData("recurrent:period=1")]
    [InlineData("sinks:start=4095,recent=1")]
    [InlineData("parallel-windows:windows=4095/1/4095")]
    [InlineData("log-n:training=2+self-extend:group=8,window=512")]
    public void Two_million_tokens_cost_no_more_than_two(string spec)
    {
        const long length = 1L << 21;
        var layout = Parse(spec).Causal();
        foreach (var at in (long[])[0, 1, length - 48, length, 1L << 50])
        {
            var cells = 0L;
            foreach (var band in layout.Bands)
            {
                var block = band.Keys(new IndexRange(at, at + 48));
                Assert.True(block.IsEmpty || (block.First >= 0 && block.End <= at + 48), $"{block} at {at}");
                Assert.NotEqual(BandCover.All, band.Cover(new(at, at + 48), new(at, at + 48)));
                Assert.Equal(BandCover.None, band.Cover(new(at, at + 48), new(at + 48, at + 176)));
                Assert.True(double.IsFinite(band.QueryPositions.At(at)) && band.QueryPositions.At(at) >= 0);
                Assert.True(double.IsFinite(band.KeyPositions.At(at)) && band.KeyPositions.At(at) >= 0);
                cells += band.Keys(at).Count;
            }

            Assert.InRange(cells, 1, at + 1);
            Assert.InRange(layout.QueryScale(at), 1, 60);
        }
    }

    [Fact]
    public void Far_block_of_a_neighbour_window_is_skipped_or_whole()
    {
        // As the kernel asks: 48 queries by 128 keys at 16k tokens, w = 512.
        var bands = Parse("self-extend:group=8,window=512").Causal().Bands;
        var queries = new IndexRange(16000, 16048);
        Assert.Equal(BandCover.None, bands[0].Cover(queries, new(0, 128)));
        Assert.Equal(BandCover.All, bands[1].Cover(queries, new(0, 128)));
        Assert.Equal(BandCover.All, bands[0].Cover(queries, new(15616, 15744)));
        Assert.Equal(BandCover.None, bands[1].Cover(queries, new(15616, 15744)));
        Assert.Equal(BandCover.Partial, bands[0].Cover(queries, new(15488, 15616)));
        Assert.Equal(BandCover.Partial, bands[1].Cover(queries, new(15488, 15616)));
        Assert.Equal(new(15489, 16048), bands[0].Keys(queries));
        Assert.Equal(new(0, 15536), bands[1].Keys(queries));
    }

    [Fact]
    public void Bands_that_rotate_keys_alike_share_the_map()
    {
        static int Panels(string spec) => Parse(spec).Causal().Bands.DistinctBy(b => b.KeyPositions).Count();
        Assert.Equal(1, Panels("full"));
        Assert.Equal(1, Panels("dual-chunk"));
        Assert.Equal(1, Panels("sinks:recent=2000"));
        Assert.Equal(1, Panels("parallel-windows:windows=5/7/4,indent=right"));
        Assert.Equal(2, Panels("self-extend:group=8,window=512"));
        Assert.Equal(2, Panels("log-n+rerope:window=512"));
        Assert.Equal(2, Parse("self-extend:group=8,window=512").Bidirectional(5000).Bands.DistinctBy(b => b.KeyPositions).Count());
    }

    [Fact]
    public void Plans_that_need_what_a_model_does_not_give_are_refused()
    {
        foreach (var spec in (string[])["dual-chunk", "rerope:window=512", "leaky-rerope:window=512,factor=2", "sinks:recent=2000", "parallel-windows:windows=5/7"])
        {
            var plan = Parse(spec);
            var error = Assert.Throws<UserInputException>(() => plan.Bidirectional(100));
            Assert.Equal($"plan {plan.Name}: found a model whose tokens see the whole text, expected a causal one", error.Message);
        }

        Assert.StartsWith("plan grouped group: found none", Assert.Throws<UserInputException>(() => Parse("grouped").Causal()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Parse("full").Bidirectional(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Parse("full").Reach(0));
        var band = Parse("full").Causal().Bands[0];
        Assert.Throws<ArgumentOutOfRangeException>(() => band.Keys(-1));
        Assert.Throws<ArgumentException>(() => band.Cover(new(3, 3), new(0, 1)));
        Assert.Throws<ArgumentException>(() => band.Cover(new(0, 1), new(3, 2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => band.KeyPositions.Fill(-1, new double[1]));
        Assert.Throws<UserInputException>(() => new FullPlan(0));
        Assert.Throws<UserInputException>(() => new ParallelWindowsPlan(8, default));
    }

    [Theory]
    [InlineData("full", "dynamic:4", null)]
    [InlineData("log-n", "dynamic:4", null)]
    [InlineData("self-extend:group=8,window=512", "none", null)]
    [InlineData("self-extend:group=8,window=512", "yarn:4", null)]
    [InlineData("self-extend:group=8,window=512", "dynamic:4", null)]
    [InlineData("self-extend:group=8,window=512", "resonance+yarn:4", null)]
    [InlineData("dual-chunk", "ntk:4", null)]
    [InlineData("dual-chunk", "linear:4", null)]
    [InlineData("dual-chunk", "dynamic:4", "begins above 3073 tokens")]
    [InlineData("dual-chunk", "resonance+dynamic:4", "begins above 3073 tokens")]
    [InlineData("rerope:window=512", "dynamic-yarn:1", "begins above 513 tokens")]
    [InlineData("log-n+rerope:window=512", "dynamic:4", "begins above 513 tokens")]
    [InlineData("sinks:recent=2000", "dynamic-linear", "begins above 2004 tokens")]
    [InlineData("recurrent", "dynamic:4", "begins above 4096 tokens")]
    [InlineData("leaky-rerope:window=512,factor=16", "resonance+yarn:4", "no whole numbers")]
    [InlineData("self-extend:group=7,window=512,rounding=fractional", "resonance+none", "no whole numbers")]
    [InlineData("self-extend:group=8,window=512,rounding=fractional", "resonance+none", null)]
    public void A_senseless_pair_is_refused_with_the_reason(string planSpec, string scalingSpec, string? reason)
    {
        var plan = Parse(planSpec);
        var scaling = RopeScalingRegistry.Parse(scalingSpec, Geometry, _ => throw new InvalidOperationException());
        if (reason is null)
        {
            plan.CheckScaling(scaling);
            return;
        }

        var error = Assert.Throws<UserInputException>(() => plan.CheckScaling(scaling));
        Assert.StartsWith($"plan {plan.Name} with scaling {scaling.Name}: found ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Searched_factors_compose_but_start_tokens_only_with_the_ordinary_plan()
    {
        var plain = new LongRopeScaling(Geometry, [new(4096, [1, 1, 1, 1]), new(32768, [1, 2, 4, 8], 1.1)]);
        var started = new LongRopeScaling(Geometry, [new(4096, [1, 1, 1, 1]), new(32768, [1, 2, 4, 8], 1.1, 4)]);
        Parse("full").CheckScaling(started);
        Parse("log-n").CheckScaling(started);
        Parse("grouped:group=4").CheckScaling(plain);
        foreach (var scaling in (RopeScaling[])[started, new ResonanceScaling(started)])
        {
            var error = Assert.Throws<UserInputException>(() => Parse("grouped:group=4").CheckScaling(scaling));
            Assert.Contains("found 4 start tokens, expected none", error.Message, StringComparison.Ordinal);
        }

        // A model whose long list serves 32768 tokens, under a plan made for that window: the long list is in force.
        PositionPlanRegistry.Parse("dual-chunk", 32768).CheckScaling(plain);
        Assert.Throws<UserInputException>(() => Parse("dual-chunk").CheckScaling(plain));
        Assert.Throws<UserInputException>(() => Parse("dual-chunk").CheckScaling(new DynamicLongRopeScaling(Geometry, [1, 2, 4, 8], 8, 1.1)));
        Parse("self-extend:group=8,window=512").CheckScaling(new DynamicLongRopeScaling(Geometry, [1, 2, 4, 8], 8, 1.1));
    }

    [Fact]
    public void Log_n_of_a_whole_text_is_the_same_for_all_its_tokens()
    {
        var layout = new LogNPlan(new SelfExtendPlan(512, 9, 64), 512).Bidirectional(4096);
        Assert.True(layout.HasQueryScale);
        Assert.Equal(12d / 9, layout.QueryScale(0), 1e-12);
        Assert.Equal(12d / 9, layout.QueryScale(4095), 1e-12);
        Assert.Equal(1, new LogNPlan(new FullPlan(512), 512).Bidirectional(300).QueryScale(299));
        Assert.False(new FullPlan(512).Causal().HasQueryScale);
        Assert.Equal(1, new FullPlan(512).Causal().QueryScale(1 << 21));
    }

    private static PositionPlan Parse(string spec) => PositionPlanRegistry.Parse(spec, 4096);
}
