using Ropewalk.Lab.Data;
using Ropewalk.Lab.Effective;

namespace Ropewalk.Tests.Lab.Effective;

public sealed class PositionRiseTests
{
    private const int Original = 16;
    private const int Length = 32;

    [Fact]
    public void A_step_is_found_where_it_is_and_nowhere_else()
    {
        // Every window has its own level, which pairing takes out; from token 25 (counted from 1) on 0.5 nats more.
        var losses = Enumerable.Range(0, 10).Select(w => Enumerable.Range(2, Length - 1).Select(t => w + (t >= 25 ? 0.5f : 0)).ToArray()).ToArray();
        var buckets = new PositionRise([.. Enumerable.Range(0, 10).Select(w => w / 5)], Original, 4, 1).Measure(losses, losses, Length);
        Assert.Equal([20, 24, 28, 32], buckets.Select(b => b.End));
        Assert.Equal([0, 0, 0.5, 0.5], buckets.Select(b => b.Rise));
        Assert.All(buckets, b => Assert.True(b.Low.Equals(b.Rise) && b.High.Equals(b.Rise)));
        Assert.Equal([4.5, 4.5, 5, 5], buckets.Select(b => b.Nll));
    }

    [Fact]
    public void The_reference_may_come_from_other_frequencies()
    {
        var far = Enumerable.Range(0, 8).Select(_ => Enumerable.Repeat(3f, Length - 1).ToArray()).ToArray();
        var near = Enumerable.Range(0, 8).Select(_ => Enumerable.Range(2, Original - 1).Select(t => t > 12 ? 2f : 9f).ToArray()).ToArray();
        var rise = new PositionRise([.. Enumerable.Range(0, 8)], Original, 4, 1);
        Assert.Equal(2, rise.Reference(near));
        Assert.All(rise.Measure(far, near, Length), b => Assert.Equal(1, b.Rise));
    }

    [Fact]
    public void Without_a_rise_one_is_claimed_in_at_most_one_of_twenty_cases()
    {
        // Four stretches, 200 experiments of noise: all together at most 5 % may be proven to rise (half of it, the interval has two sides).
        var random = new CounterRandom(11);
        var claimed = 0;
        for (var e = 0; e < 200; e++)
        {
            var losses = Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, Length - 1).Select(_ => (float)random.NextDouble()).ToArray()).ToArray();
            claimed += new PositionRise([.. Enumerable.Range(0, 40)], Original, 4, (ulong)e).Measure(losses, losses, Length).Any(b => b.Low > 0) ? 1 : 0;
        }

        Assert.InRange(claimed, 0, 12);
    }

    [Fact]
    public void A_window_ends_before_the_first_length_that_fails()
    {
        Assert.Equal(20, EffectiveLimit.Last(16, [(20, true), (24, false), (28, true)]));
        Assert.Equal(16, EffectiveLimit.Last(16, [(20, false), (24, true)]));
        Assert.Equal(28, EffectiveLimit.Last(16, [(20, true), (24, true), (28, true)]));
        Assert.Equal(new EffectiveLimit(256, 300, 512), EffectiveLimit.Least(new EffectiveLimit(256, 400, 512), new EffectiveLimit(300, 300, 800)));
    }
}
