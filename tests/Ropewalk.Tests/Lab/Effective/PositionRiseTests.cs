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
        // Every window and every token has its own level, which pairing takes out; from token 25 (counted from 1) on 0.5 nats more.
        static float Level(int window, int token) => window + (token % 5);
        var losses = Enumerable.Range(0, 10).Select(w => Enumerable.Range(2, Length - 1).Select(t => Level(w, t) + (t >= 25 ? 0.5f : 0)).ToArray()).ToArray();
        var atEnd = new[] { 20, 24, 28, 32 }.Select(end => Enumerable.Range(0, 10).Select(w => Enumerable.Range(end - 3, 4).Select(t => Level(w, t)).ToArray()).ToArray()).ToArray();
        var buckets = new PositionRise([.. Enumerable.Range(0, 10).Select(w => w / 5)], Original, 4, 1).Measure(losses, atEnd, Length);
        Assert.Equal([20, 24, 28, 32], buckets.Select(b => b.End));
        Assert.All(buckets.Zip([0, 0, 0.5, 0.5]), b =>
        {
            Assert.Equal(b.Second, b.First.Rise, 1e-9);
            Assert.Equal(b.Second, b.First.Low, 1e-9);
            Assert.Equal(b.Second, b.First.High, 1e-9);
        });
        Assert.Equal(4.5 + ((17 % 5) + (18 % 5) + (19 % 5) + (20 % 5)) / 4d, buckets[0].Nll, 1e-9);

        // A shorter run has the first stretches of a longer one.
        Assert.Equal([20, 24], new PositionRise([.. Enumerable.Range(0, 10)], Original, 4, 1).Measure(losses, atEnd, 24).Select(b => b.End));
    }

    [Fact]
    public void Without_a_rise_one_is_claimed_in_at_most_one_of_twenty_cases()
    {
        // Four stretches, 200 experiments of noise: all together at most 5 % may be proven to rise (half of it, the interval has two sides).
        var random = new CounterRandom(11);
        var claimed = 0;
        for (var e = 0; e < 200; e++)
        {
            float[][] Noise(int count) => [.. Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, count).Select(_ => (float)random.NextDouble()).ToArray())];
            claimed += new PositionRise([.. Enumerable.Range(0, 40)], Original, 4, (ulong)e).Measure(Noise(Length - 1), [Noise(4), Noise(4), Noise(4), Noise(4)], Length).Any(b => b.Low > 0) ? 1 : 0;
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
