using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Runs;

/// <summary>Where a winner came from, on a search of a function.</summary>
public sealed class SearchHistoryTests
{
    private static readonly SearchOutcome s_outcome = new EvolutionAlgorithm().Run(new Bowl(), new SearchProblem
    {
        Geometry = new RopeGeometry(8, 10_000, 16),
        Length = 64,
        AttentionFactor = 1,
        Settings = new SearchSettings { LargestHundredths = 500, Seed = 3 }.Resized(8, 20),
    });

    [Fact]
    public void A_lineage_leads_from_the_winner_to_a_seed_and_only_mutates_or_crosses()
    {
        var lineage = SearchHistory.Lineage(s_outcome.Best, s_outcome.Trials);
        Assert.True(lineage.Count > 2);
        Assert.Equal(s_outcome.Best.Index + 1, lineage[0].Candidate);
        Assert.Equal("seed", lineage[^1].Origin);
        Assert.InRange(lineage[^1].Candidate, 1, 3);
        Assert.Equal(lineage.Select(a => a.Candidate).OrderDescending(), lineage.Select(a => a.Candidate));
        foreach (var trial in s_outcome.Trials.Where(t => t.Parents.Length == 2))
        {
            // A crossover has each factor from one of the two.
            var (a, b) = (s_outcome.Trials[trial.Parents[0]], s_outcome.Trials[trial.Parents[1]]);
            Assert.True(a.Nll <= b.Nll);
            Assert.All(trial.Point.RescaleFactors.Select((f, i) => (f, i)), x => Assert.Contains(x.f, new[] { a.Point.RescaleFactors[x.i], b.Point.RescaleFactors[x.i] }));
        }

        Assert.Contains(s_outcome.Trials, t => t.Parents.Length == 2);
        Assert.Contains(s_outcome.Trials, t => t.Parents.Length == 1);
    }

    [Fact]
    public void Ghosts_are_the_bests_before_the_last()
    {
        var ghosts = SearchHistory.Ghosts(s_outcome.Trials);
        Assert.InRange(ghosts.Count, 2, 6);
        Assert.All(ghosts, g => Assert.False(g.Factors.SequenceEqual(s_outcome.Best.Point.RescaleFactors)));
        Assert.Equal(s_outcome.Trials[0].Point.RescaleFactors, ghosts[0].Factors);
    }

    [Fact]
    public void A_curve_in_a_line_rises_with_the_factors()
    {
        Assert.Equal("▁▃▆█", Sparkline.OfFactors([1, 2, 4.1, 8]));
        Assert.Equal("▁▁", Sparkline.OfFactors([1, 1]));
        Assert.Equal(24, Sparkline.OfFactors([.. Enumerable.Range(1, 100).Select(i => (double)i)]).Length);
    }

    private sealed class Bowl : ISearchEvaluator
    {
        public int NumWindows => 1;

        public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests) =>
            [.. requests.Select(r => new[] { r.Point.RescaleFactors.Select((f, i) => Math.Pow(f - 1.3 - (0.6 * i), 2)).Sum() })];
    }
}
