using Ropewalk.Positions.Plans;

namespace Ropewalk.Tests.Positions.Plans;

public class SinksGoldenTests
{
    [SharedFact]
    public void A_query_sees_what_the_authors_cache_holds()
    {
        var numbers = new GoldenNumbers();
        var cases = 0;
        foreach (var c in GoldenNumbers.Read("streaming_llm_eviction.json").GetProperty("cases").EnumerateArray())
        {
            int Number(string name) => c.GetProperty(name).GetInt32();
            var (cached, coming) = (Number("cached"), Number("num_coming"));
            var streaming = new SinksPlan(32, Number("start_size"), Number("recent_size"));
            var chunked = new SinksPlan(32, streaming.Start, streaming.Recent, coming);

            // Room is made for the whole chunk: its first query sees what is kept, and itself.
            Assert.Equal(0, cached % coming);
            numbers.Close($"{chunked.Spec} before {cached}", GoldenNumbers.List(c.GetProperty("kept_after_evict_for_space")), Seen(chunked, cached)[..^1], 0);
            numbers.Close($"{streaming.Spec} after {cached}", GoldenNumbers.List(c.GetProperty("kept_after_call")), Seen(streaming, cached - 1), 0);
            cases++;
        }

        numbers.Finish(cases, 6);
    }

    [Theory]
    [InlineData(4, 8, 1)]
    [InlineData(4, 8, 3)]
    [InlineData(1, 5, 5)]
    [InlineData(0, 7, 2)]
    public void Distances_are_those_of_indices_in_the_cache(int start, int recent, int evict)
    {
        // The cache as the authors run it: make room for a chunk, append it, rotate everything by its index in the cache.
        var layout = new SinksPlan(32, start, recent, evict).Causal();
        List<long> cache = [];
        for (var first = 0; first < 60; first += evict)
        {
            var tooMany = cache.Count + evict - (start + recent);
            if (tooMany > 0)
            {
                cache.RemoveRange(start, tooMany);
            }

            for (var query = first; query < first + evict; query++)
            {
                cache.Add(query);
                for (var key = 0; key <= query; key++)
                {
                    var index = cache.IndexOf(key);
                    double? expected = index < 0 ? null : cache.Count - 1 - index;
                    Assert.Equal(expected, PlanCells.Distance(layout, query, key));
                }
            }
        }
    }

    [Fact]
    public void Without_sinks_it_is_a_sliding_window()
    {
        var plan = new SinksPlan(8, 0, 3);
        Assert.Single(plan.Causal().Bands);
        Assert.Equal([null, null, 2, 1, 0, null], PlanCells.Row(plan.Causal(), 4, 6));
        Assert.Equal(PositionPlan.Unlimited, plan.LongestWindow);
    }

    private static double[] Seen(SinksPlan plan, long query) =>
        [.. plan.Causal().Bands.Select(b => b.Keys(query)).SelectMany(r => Enumerable.Range((int)r.First, (int)r.Count)).Select(key => (double)key)];
}
