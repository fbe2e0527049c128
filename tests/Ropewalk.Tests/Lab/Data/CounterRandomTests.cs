using Ropewalk.Lab.Data;

namespace Ropewalk.Tests.Lab.Data;

public sealed class CounterRandomTests
{
    // The generator's published known answers for philox2x64 with 10 rounds: counter words, key, result.
    [Theory]
    [InlineData(0UL, 0UL, 0UL, 0xca00a0459843d731UL, 0x66c24222c9a845b5UL)]
    [InlineData(ulong.MaxValue, ulong.MaxValue, ulong.MaxValue, 0x65b021d60cd8310fUL, 0x4d02f3222f86df20UL)]
    [InlineData(0x243f6a8885a308d3UL, 0x13198a2e03707344UL, 0xa4093822299f31d0UL, 0x0a5e742c2997341cUL, 0xb0f883d38000de5dUL)]
    public void Philox_gives_the_published_known_answers(ulong x0, ulong x1, ulong key, ulong low, ulong high) =>
        Assert.Equal((low, high), CounterRandom.Philox(x0, x1, key));

    [Fact]
    public void Frozen_vector_never_changes()
    {
        var random = new CounterRandom(seed: 42);
        Assert.Equal(FrozenStart, Enumerable.Range(0, 3).Select(_ => random.NextUInt64()));
        Assert.Equal(FrozenInts, Enumerable.Range(0, 8).Select(_ => random.NextInt(1000)));
        Assert.Equal(FrozenFork, random.Fork(7).NextUInt64());
    }

    [Fact]
    public void Saved_state_continues_where_it_stopped()
    {
        var random = new CounterRandom(3, 4);
        for (var i = 0; i < 100; i++)
        {
            random.NextInt(17);
        }

        var again = new CounterRandom(random.Seed, random.Stream, random.Counter);
        Assert.Equal(random.NextDouble(), again.NextDouble());
    }

    [Fact]
    public void Fork_depends_on_nothing_that_was_drawn()
    {
        var random = new CounterRandom(5);
        var before = random.Fork(1).NextUInt64();
        random.NextUInt64();
        Assert.Equal(before, random.Fork(1).NextUInt64());
        Assert.NotEqual(before, random.Fork(2).NextUInt64());
        Assert.NotEqual(before, random.Fork(1).Fork(1).NextUInt64());
    }

    [Fact]
    public void Integers_and_doubles_are_spread_evenly()
    {
        var random = new CounterRandom(6);
        var counts = new int[7];
        double sum = 0;
        const int Draws = 70_000;
        for (var i = 0; i < Draws; i++)
        {
            counts[random.NextInt(7)]++;
            var x = random.NextDouble();
            Assert.InRange(x, 0, 1 - (1.0 / (1UL << 53)));
            sum += x;
        }

        Assert.All(counts, c => Assert.InRange(c, 9_600, 10_400));
        Assert.InRange(sum / Draws, 0.495, 0.505);
        Assert.Equal(0, random.NextInt(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_range_without_numbers_is_refused(int exclusiveMax) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CounterRandom(1).NextInt(exclusiveMax));

    private static readonly ulong[] FrozenStart = [0xf5f305129c198e00, 0x071da5fafb53570a, 0x449e6a7f59c16ecb];
    private static readonly int[] FrozenInts = [594, 706, 890, 407, 889, 783, 36, 282];
    private const ulong FrozenFork = 0xd9e9776e384619e7;
}
