using System.Text.Json;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Laws;

namespace Ropewalk.Tests.Lab.Search;

public sealed class CriticalSearchTests
{
    [Fact]
    public void The_papers_critical_pairs()
    {
        // 2502.20082: Phi3-mini 31 in theory, 25 found; LLaMA3-8B 35 in theory, 30 found. Both found ones must be among the candidates.
        var phi = CriticalSearch.Pairs(new RopeGeometry(96, 10000, 2048));
        var llama = CriticalSearch.Pairs(new RopeGeometry(128, 500000, 8192));
        Assert.Equal((31, 35), (phi[^1], llama[^1]));
        Assert.Contains(25, phi);
        Assert.Contains(30, llama);
        Assert.Equal(RopeLaws.CriticalPair(new RopeGeometry(96, 10000, 2048), 10), phi[0]);
    }

    [SharedFact]
    public void Factors_below_the_critical_pair_are_the_developer_branchs()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedData.Path("golden", "longrope2_devbranch_trace.json")));
        var trace = golden.RootElement.GetProperty("traces")[0];
        var critical = trace.GetProperty("critical_dim").GetInt32();
        var count = 0;
        foreach (var evaluation in trace.GetProperty("evaluations").EnumerateArray())
        {
            var expected = evaluation[0].EnumerateArray().Select(x => x.GetDouble()).ToArray();
            var factors = CriticalSearch.Factors(critical, expected.AsSpan(critical));
            Assert.Equal(expected.Length, factors.Length);
            Assert.All(expected.Zip(factors), p => Assert.Equal(p.First, p.Second, 1e-12 * p.First));
            count++;
        }

        Assert.Equal(24, count);
    }

    [Fact]
    public void Children_stay_in_order_and_bounds_and_change_the_upper_pairs_alone()
    {
        for (var round = 0UL; round < 200; round++)
        {
            var random = new CounterRandom(round);
            var draws = new RandomDraws(random);
            var pairs = 2 + random.NextInt(20);
            var critical = random.NextInt(pairs);
            var parent = CriticalGenes.Flat(critical, pairs, 400 + random.NextInt(401));
            for (var i = 0; i < 20; i++)
            {
                var child = parent.Mutated(0.3, 400, 800, draws);
                Assert.Equal(critical, child.Critical);
                Assert.All(child.Upper, h => Assert.InRange(h, 400, 800));
                Assert.All(child.Upper.Zip(child.Upper.Skip(1)), p => Assert.True(p.First <= p.Second));
                Assert.NotEqual(parent.Upper, child.Upper);
                if (parent.Crossed(child, 0.3, draws) is { } crossed)
                {
                    Assert.All(Enumerable.Range(0, crossed.Upper.Length), k => Assert.True(crossed.Upper[k] == parent.Upper[k] || crossed.Upper[k] == child.Upper[k]));
                    Assert.All(crossed.Upper.Zip(crossed.Upper.Skip(1)), p => Assert.True(p.First <= p.Second));
                }

                parent = child;
            }
        }
    }
}
