using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Search;

/// <summary>Every algorithm on functions whose minimum is known.</summary>
public sealed class SearchAlgorithmTests
{
    private static readonly RopeGeometry s_geometry = new(16, 10000, 64);
    private static readonly double[] s_best = [1, 1.1, 1.4, 2.2, 3.6, 4.4, 4.6, 4.7];

    public static TheoryData<string> Names => [.. SearchAlgorithms.All.Select(a => a.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_gets_below_every_published_method_and_tells_of_all_it_does(string name)
    {
        var evaluator = new SyntheticEvaluator(4, s_best);
        var told = new List<Trial>();
        var algorithm = SearchAlgorithms.Named(name);
        var problem = Problem();
        var outcome = algorithm.Run(new RememberingEvaluator(evaluator), problem, told.AddRange);
        Assert.Equal(outcome.Trials, told);
        Assert.Equal(Enumerable.Range(0, told.Count), told.Select(t => t.Index));
        Assert.False(outcome.Best.Dropped);
        Assert.Equal(told.Where(t => !t.Dropped).Min(t => t.Nll), outcome.Best.Nll);
        Assert.All(told, t => Assert.Equal(t.Dropped ? t.NumWindows : 4, t.NumWindows));

        // One number, or the NTK rule below a critical pair, cannot bend the line as the others can. Evolution and critical keep their attention factor.
        var seeds = PublishedPoints.Few(problem).Min(p => evaluator.Value(p with { AttentionFactor = algorithm.SearchesAttention ? p.AttentionFactor : problem.AttentionFactor }));
        Assert.True(evaluator.Value(outcome.Best.Point) < (name is "base" or "critical" ? 1.1 : 1) * seeds, $"found {evaluator.Value(outcome.Best.Point)}, seeds {seeds}");
        Assert.Equal(algorithm.NeedsGradients, evaluator.Slopes.Count > 0);
        Assert.True(evaluator.Asked.Count + (3 * evaluator.Slopes.Count) <= algorithm.Cost(problem.Settings, 4) * 1.25, $"{evaluator.Asked.Count} runs, announced {algorithm.Cost(problem.Settings, 4)}");
        Assert.Equal(evaluator.Asked.Count, evaluator.Asked.Distinct().Count());
    }

    [Theory]
    [InlineData("cma-es", 1.01)]
    [InlineData("auto", 1.01)]
    [InlineData("gradient", 1.03)]
    [InlineData("gradient+cma-es", 1.01)]
    public void It_comes_close_to_the_minimum(string name, double at)
    {
        var evaluator = new SyntheticEvaluator(4, s_best);
        var outcome = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(evaluator), Problem());
        Assert.InRange(evaluator.Value(outcome.Best.Point), 1, at);
        Assert.InRange(outcome.Best.Point.AttentionFactor, 1.05, 1.15);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_asks_the_same_and_another_does_not(string name)
    {
        List<(SearchPoint Point, int Window)> Asked(ulong seed)
        {
            var evaluator = new SyntheticEvaluator(3, s_best, noise: 0.02);
            _ = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(evaluator), Problem(seed));
            return evaluator.Asked;
        }

        Assert.Equal(Asked(1), Asked(1));
        // These two draw nothing.
        if (name is not ("base" or "gradient"))
        {
            Assert.NotEqual(Asked(1), Asked(2));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loss_that_is_not_finite_is_never_best(string name)
    {
        var evaluator = new SyntheticEvaluator(3, s_best) { IsBad = question => question % 7 == 3 };
        var outcome = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(evaluator), Problem());
        Assert.True(double.IsFinite(outcome.Best.Nll));
        Assert.All(outcome.Trials, t => Assert.False(double.IsNaN(t.Nll)));

        // Where nothing is finite there is no best, but an answer that says so.
        var hopeless = new SyntheticEvaluator(3, s_best) { IsBad = _ => true };
        var none = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(hopeless), Problem() with { Settings = Problem().Settings.Resized(8, 2) });
        Assert.Equal(double.PositiveInfinity, none.Best.Nll);
    }

    [Theory]
    [InlineData("cma-es")]
    [InlineData("auto")]
    [InlineData("gradient")]
    [InlineData("gradient+cma-es")]
    [InlineData("base")]
    public void Bounds_order_and_a_fixed_temperature_hold(string name)
    {
        var evaluator = new SyntheticEvaluator(3, [1, 9, 0.2, 30, 2, 90, 0.5, 3], 3);
        var bounded = Problem() with { LargestAttention = 1.03, SmallestAttention = 1, Monotone = true };
        foreach (var trial in SearchAlgorithms.Named(name).Run(new RememberingEvaluator(evaluator), bounded).Trials)
        {
            Assert.InRange(trial.Point.AttentionFactor, 1, 1.03);
            Assert.All(trial.Point.RescaleFactors.Zip(trial.Point.RescaleFactors.Skip(1)), p => Assert.True(p.First <= p.Second));
            Assert.All(trial.Point.RescaleFactors, f => Assert.InRange(f, 1, name == "base" ? 1e6 : bounded.LargestFactor));
        }

        var outcome = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(evaluator), Problem() with { FixedTemperature = true, AttentionFactor = 1.0625 });
        Assert.All(outcome.Trials, t => Assert.Equal(1.0625, t.Point.AttentionFactor));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Start_tokens_are_searched_where_they_may_be(string name)
    {
        var problem = Problem();
        problem = problem with { Settings = problem.Settings with { StartTokens = [0, 4] } };
        var outcome = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(new SyntheticEvaluator(3, s_best)), problem);
        Assert.Contains(outcome.Trials, t => t.Point.StartTokens == 4);
        Assert.Equal(0, outcome.Best.Point.StartTokens);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("gradient+cma-es")]
    public void A_small_search_does_not_spend_itself_on_where_it_starts(string name)
    {
        var problem = Problem();
        problem = problem with { Settings = problem.Settings.Resized(16, 10) };
        var algorithm = SearchAlgorithms.Named(name);
        var outcome = algorithm.Run(new RememberingEvaluator(new SyntheticEvaluator(5, s_best)), problem);
        var starts = outcome.Trials.Where(t => t.Round == 0).Sum(t => t.NumWindows);
        Assert.True(starts <= algorithm.Cost(problem.Settings, 5) / 4, $"{starts} of {algorithm.Cost(problem.Settings, 5)} windows");
    }

    [Fact]
    public void Generations_that_race_come_close_to_the_minimum()
    {
        var evaluator = new SyntheticEvaluator(4, s_best);
        var search = new AutoSearch { Stages = [new AutoStage(8, 0.3, 0, 1)] };
        Assert.InRange(evaluator.Value(search.Run(new RememberingEvaluator(evaluator), Problem()).Best.Point), 1, 1.02);
    }

    [Theory]
    [InlineData("evolution")]
    [InlineData("cma-es")]
    [InlineData("auto")]
    [InlineData("gradient")]
    [InlineData("gradient+cma-es")]
    public void The_winner_goes_back_to_where_the_search_began(string name)
    {
        var outcome = SearchAlgorithms.Named(name).Run(new RememberingEvaluator(new SyntheticEvaluator(4, s_best)), Problem());
        var line = SearchHistory.Lineage(outcome.Best, outcome.Trials);
        Assert.InRange(line.Count, 2, outcome.Trials.Count);
        Assert.Equal(outcome.Best.Index + 1, line[0].Candidate);
        Assert.Equal(0, line[^1].Round);
        Assert.All(line.Zip(line.Skip(1)), p => Assert.True(p.First.Candidate > p.Second.Candidate));
    }

    [Fact]
    public void A_leader_that_ends_without_a_number_leaves_the_field_to_those_that_it_dropped()
    {
        // The first is far ahead on two windows, so that the second is dropped; its third has no loss.
        var evaluator = new SyntheticEvaluator(4, [1, 1], 1) { IsBad = question => question == 4 };
        var log = new TrialLog(evaluator, null);
        SearchPoint other = new([8, 8], 0, 1);
        _ = log.Race([new([1, 1], 0, 1), other], 0.05);
        Assert.Equal(other, log.Best?.Point);
    }

    [Fact]
    public void The_base_is_found()
    {
        const double Ratio = 37.5;
        var evaluator = new SyntheticEvaluator(2, [.. BaseSearch.Factors(Ratio, 8)], 1.25);
        var best = new BaseSearch().Run(evaluator, Problem()).Best.Point;
        Assert.InRange(Math.Log(best.RescaleFactors[^1]) * 8 / 7, Math.Log(Ratio) - 0.1, Math.Log(Ratio) + 0.1);
        Assert.InRange(best.AttentionFactor, 1.24, 1.26);
    }

    private static SearchProblem Problem(ulong seed = 3) => new()
    {
        Geometry = s_geometry,
        Length = 256,
        Settings = new SearchSettings { LargestHundredths = SearchSettings.PaperBound(4), Seed = seed },
        AttentionFactor = 1.1,
    };
}
