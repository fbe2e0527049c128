using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

public sealed class EvolutionSearchTests
{
    [Fact]
    public void Children_are_monotone_within_bounds_and_new()
    {
        for (var round = 0UL; round < 300; round++)
        {
            var random = new CounterRandom(round);
            var pairs = 1 + random.NextInt(12);
            var largest = 140 + random.NextInt(500);
            var settings = new SearchSettings { LargestHundredths = largest, StartTokens = round % 2 == 0 ? [0] : [0, 4, 16], Probability = 0.1 + (random.NextDouble() * 0.9) };
            var draws = new RandomDraws(random);
            var first = Start(random, pairs, largest);
            var second = Start(random, pairs, largest);
            var seen = new HashSet<Candidate> { first, second };
            for (var i = 0; i < 20; i++)
            {
                var child = Operators.Mutate(first, seen, settings, draws);
                Check(child, pairs, settings, $"round {round} mutant {i}");
                Assert.True(seen.Add(child), $"round {round} mutant {i}: {string.Join(' ', child.Hundredths)} was there before");
                if (Operators.Cross(first, second, seen, settings, draws) is { } crossing)
                {
                    Check(crossing, pairs, settings, $"round {round} crossing {i}");
                    Assert.True(seen.Add(crossing), $"round {round} crossing {i}: {string.Join(' ', crossing.Hundredths)} was there before");
                    Assert.All(Enumerable.Range(0, pairs), p => Assert.True(
                        crossing.Hundredths[p] == first.Hundredths[p] || crossing.Hundredths[p] == second.Hundredths[p], $"round {round} pair {p} is neither parent's"));
                }

                first = child;
            }
        }
    }

    [Fact]
    public void Equal_parents_have_no_crossing()
    {
        var parent = new Candidate([100, 200], 0);
        Assert.Null(Operators.Cross(parent, new Candidate([100, 200], 0), new HashSet<Candidate>(), Settings(400), new RandomDraws(new CounterRandom(1))));
    }

    [Theory]
    [InlineData(8, 500)]
    [InlineData(2, 101)]
    [InlineData(1, 500)]
    [InlineData(1, 101)]
    [InlineData(1, 100)]
    [InlineData(2, 100)]
    public void A_search_evaluates_what_it_says_and_ends_even_in_a_tiny_space(int pairs, int largest)
    {
        var settings = Settings(largest) with { Seed = 5 };
        var batches = new List<int>();
        var bests = new List<double>();
        var all = new List<Individual>();
        var search = new EvolutionSearch(
            settings,
            candidates =>
            {
                batches.Add(candidates.Count);
                return [.. candidates.Select(Loss)];
            },
            batch =>
            {
                all.AddRange(batch);
                bests.Add(all.Min(i => i.Nll));
            });
        var best = search.Run([new Candidate([.. Enumerable.Repeat(100, pairs)], 0)]);
        Assert.Equal([8, .. Enumerable.Repeat(6, 5)], batches);
        Assert.Equal(settings.Evaluations, all.Count);
        Assert.Equal(8 + (5 * (4 + 2)), settings.Evaluations);
        Assert.Equal(Enumerable.Range(0, all.Count), all.Select(i => i.Index));
        Assert.Equal(all, search.Evaluated);
        Assert.True(bests.Zip(bests.Skip(1), (a, b) => b <= a).All(falls => falls));
        Assert.Equal(all.Min(i => i.Nll), best.Nll);
        Assert.Equal(all.First(i => i.Nll.Equals(best.Nll)).Index, best.Index);
        all.ForEach(i => Check(i.Candidate, pairs, settings, $"individual {i.Index}"));
        if (pairs == 8)
        {
            Assert.Equal(all.Count, all.Select(i => i.Candidate).Distinct().Count());
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_search_and_another_does_not()
    {
        static string Trace(ulong seed)
        {
            var search = new EvolutionSearch(Settings(500) with { Seed = seed, StartTokens = SearchSettings.PaperStartTokens }, c => [.. c.Select(Loss)]);
            search.Run([new Candidate([100, 150, 300, 400], 0), new Candidate([100, 100, 100, 400], 0)]);
            return string.Join('|', search.Evaluated.Select(i => $"{i.Candidate.StartTokens}:{string.Join(' ', i.Candidate.Hundredths)}"));
        }

        Assert.Equal(Trace(1), Trace(1));
        Assert.NotEqual(Trace(1), Trace(2));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_not_finite_never_wins(double bad)
    {
        var count = 0;
        var search = new EvolutionSearch(Settings(500), c => [.. c.Select(x => count++ % 3 == 0 ? bad : Loss(x))]);
        var best = search.Run([new Candidate([100, 150, 300, 400], 0)]);
        Assert.True(double.IsFinite(best.Nll), $"found {best.Nll}");
        Assert.Equal(search.Evaluated.Where(i => double.IsFinite(i.Nll)).Min(i => i.Nll), best.Nll);
        Assert.All(search.Evaluated.Where(i => i.Index % 3 == 0), i => Assert.Equal(double.PositiveInfinity, i.Nll));

        var (argument, value) = LineSearch.Minimize(a => [.. a.Select(x => x > 2.5 ? bad : (x - 1.3) * (x - 1.3))], 0, 4, 9, 20);
        Assert.Equal(1.3, argument, 1e-5);
        Assert.InRange(value, 0, 1e-9);
    }

    [Fact]
    public void Seeds_that_decrease_or_are_none_are_refused()
    {
        var search = new EvolutionSearch(Settings(500), c => [.. c.Select(Loss)]);
        Assert.Throws<ArgumentException>(() => search.Run([]));
        Assert.Throws<ArgumentException>(() => search.Run([new Candidate([500, 100, 100], 0)]));
    }

    [Fact]
    public void The_papers_numbers_are_the_defaults()
    {
        var settings = new SearchSettings { LargestHundredths = SearchSettings.PaperBound(4) };
        Assert.Equal(500, settings.LargestHundredths);
        Assert.Equal(64 + (40 * 32), settings.Evaluations);
        Assert.Equal((32, 0.3), (settings.Parents, settings.Probability));
    }

    private static SearchSettings Settings(int largest) => new() { LargestHundredths = largest, Population = 8, Iterations = 5, Mutations = 4, Crossovers = 2, Parents = 4 };

    private static double Loss(Candidate c) => 1 + c.Hundredths.Select((h, i) => Math.Pow(Math.Log(h / (110.0 + (30 * i))), 2)).Sum() + (c.StartTokens / 1000.0);

    private static Candidate Start(CounterRandom random, int pairs, int largest) =>
        new([.. Enumerable.Range(0, pairs).Select(_ => 100 + random.NextInt(largest - 99)).Order()], 0);

    private static void Check(Candidate c, int pairs, SearchSettings settings, string where)
    {
        Assert.Equal(pairs, c.Hundredths.Length);
        Assert.True(c.IsMonotone, $"{where}: {string.Join(' ', c.Hundredths)} decreases");
        Assert.All(c.Hundredths, h => Assert.True(h >= 100 && h <= settings.LargestHundredths, $"{where}: found {h}, expected 100 to {settings.LargestHundredths}"));
        Assert.Contains(c.StartTokens, settings.StartTokens);
    }
}
