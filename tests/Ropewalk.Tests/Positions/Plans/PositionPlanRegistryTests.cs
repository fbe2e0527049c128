using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class PositionPlanRegistryTests
{
    [Theory]
    [InlineData("full")]
    [InlineData("self-extend:group=8,window=512")]
    [InlineData("self-extend:group=7,window=512,rounding=fractional")]
    [InlineData("dual-chunk:chunk=3072,local=512")]
    [InlineData("dual-chunk:chunk=3072,local=512,variant=paper,scale=qwen")]
    [InlineData("dual-chunk:chunk=3072,local=512,scale=chunkllama")]
    [InlineData("rerope:window=512")]
    [InlineData("leaky-rerope:window=512,factor=16")]
    [InlineData("leaky-rerope:window=512,factor=2.5")]
    [InlineData("grouped")]
    [InlineData("grouped:group=4")]
    [InlineData("recurrent:period=512")]
    [InlineData("parallel-windows:windows=500/700/400")]
    [InlineData("parallel-windows:windows=500,indent=right")]
    [InlineData("sinks:start=4,recent=2000")]
    [InlineData("sinks:start=0,recent=2000,evict=16")]
    [InlineData("log-n")]
    [InlineData("log-n:training=512")]
    [InlineData("log-n+rerope:window=512")]
    [InlineData("log-n:training=512+self-extend:group=8,window=512")]
    public void A_canonical_spec_parses_to_itself(string spec)
    {
        var plan = Parse(spec);
        Assert.Equal(spec, plan.Spec);
        Assert.Equal(plan, Parse(plan.Spec));
        Assert.StartsWith(plan.Name.Split('+')[0], spec, StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_the_authors()
    {
        Assert.Equal(new DualChunkPlan(4096, 3072, 512), Parse("dual-chunk"));
        Assert.Equal(new SinksPlan(4096, 4, 2000), Parse("sinks:recent=2000"));
        Assert.Equal(new RecurrentPlan(4096, 4096), Parse("recurrent"));
        Assert.Equal(new LogNPlan(new FullPlan(4096), 4096), Parse("log-n+full"));
        Assert.Equal("log-n", Parse("log-n:training=4096").Spec);
    }

    [Theory]
    [InlineData("", "unknown method ''")]
    [InlineData("selfextend:group=8", "unknown method 'selfextend'")]
    [InlineData("full:2", "it takes no value")]
    [InlineData("self-extend", "its group is missing")]
    [InlineData("self-extend:group=8", "its window is missing")]
    [InlineData("self-extend:group=0,window=512", "group is '0', not a whole number of at least 1")]
    [InlineData("self-extend:group=8,window=0", "window is '0', not a whole number of at least 1")]
    [InlineData("self-extend:group=-8,window=512", "group is '-8'")]
    [InlineData("self-extend:group=1.5,window=512", "group is '1.5'")]
    [InlineData("self-extend:group=99999999999,window=512", "group is '99999999999'")]
    [InlineData("self-extend:group=8,window=4097", "window: found 4097, expected a whole number of at least 1 and at most 4096 (the original context)")]
    [InlineData("self-extend:group=8,window=512,rounding=up", "rounding is 'up'")]
    [InlineData("self-extend:group=8,window=512,windows=4", "unknown option 'windows'")]
    [InlineData("dual-chunk:chunk=4097", "chunk: found 4097")]
    [InlineData("dual-chunk:chunk=1", "chunk: found 1, expected a whole number of at least 2 and at most 4096 (the original context)")]
    [InlineData("dual-chunk:chunk=512,local=512", "local: found 512, expected a whole number of at least 1 and at most 511 (the chunk less one)")]
    [InlineData("rerope", "its window is missing")]
    [InlineData("rerope:window=4097", "window: found 4097")]
    [InlineData("leaky-rerope:window=512", "its factor is missing")]
    [InlineData("leaky-rerope:window=512,factor=0.5", "factor: found 0.5, expected a finite number of at least 1")]
    [InlineData("leaky-rerope:window=512,factor=NaN", "factor is 'NaN'")]
    [InlineData("grouped:group=0", "group is '0'")]
    [InlineData("recurrent:period=4097", "period: found 4097")]
    [InlineData("parallel-windows", "its windows is missing")]
    [InlineData("parallel-windows:windows=", "windows is ''")]
    [InlineData("parallel-windows:windows=5//4", "windows is ''")]
    [InlineData("parallel-windows:windows=5/4096", "windows[1]: found 4096, expected a whole number of at least 1 and at most 4095")]
    [InlineData("sinks:start=4", "its recent is missing")]
    [InlineData("sinks:recent=0", "recent is '0'")]
    [InlineData("sinks:recent=4093", "recent: found 4093, expected a whole number of at least 1 and at most 4092 (the original context less start)")]
    [InlineData("sinks:start=4096,recent=1", "start: found 4096")]
    [InlineData("sinks:recent=8,evict=9", "evict: found 9, expected a whole number of at least 1 and at most 8 (recent)")]
    [InlineData("log-n:training=1", "training is '1', not a whole number of at least 2")]
    [InlineData("log-n+", "unknown method ''")]
    [InlineData("log-n+log-n", "plan log-n: found log-n, expected a plan that does not scale queries itself")]
    [InlineData("log-n+dual-chunk:scale=qwen", "plan log-n: found dual-chunk:chunk=3072,local=512,scale=qwen, expected")]
    [InlineData("full+log-n", "unknown method 'full+log-n'")]
    public void A_bad_spec_is_one_line_that_names_flag_value_and_reason(string spec, string reason)
    {
        var error = Assert.Throws<UserInputException>(() => Parse(spec));
        Assert.StartsWith($"--plan {spec}: {reason}", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("dual-chunk", 7, "local: found 0")]
    [InlineData("dual-chunk", 1, "chunk: found 0")]
    [InlineData("log-n", 1, "training: found 1")]
    [InlineData("parallel-windows:windows=1", 1, "windows[0]: found 1")]
    public void A_context_too_small_for_a_plan_is_refused(string spec, int originalContext, string reason)
    {
        var error = Assert.Throws<UserInputException>(() => PositionPlanRegistry.Parse(spec, originalContext));
        Assert.StartsWith($"--plan {spec}: {reason}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_plan_lists_the_allowed_forms()
    {
        var error = Assert.Throws<UserInputException>(() => Parse("rope"));
        Assert.All(PositionPlanRegistry.Forms, form => Assert.Contains(form, error.Message, StringComparison.Ordinal));
    }

    private static PositionPlan Parse(string spec) => PositionPlanRegistry.Parse(spec, 4096);
}
