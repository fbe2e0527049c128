using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

public sealed class PairedRaceTests
{
    private const int Windows = 6;

    [Theory]
    [InlineData(6.314, 1, 0.05)]
    [InlineData(2.920, 2, 0.05)]
    [InlineData(2.353, 3, 0.05)]
    [InlineData(1.812, 10, 0.05)]
    [InlineData(2.764, 10, 0.01)]
    [InlineData(1.699, 29, 0.05)]
    [InlineData(1.660, 100, 0.05)]
    public void Students_table(double t, int degrees, double tail) => Assert.Equal(tail, StudentT.UpperTail(t, degrees), 2e-4);

    [Theory]
    [InlineData(0.05, 10, 1.812)]
    [InlineData(0.01, 10, 2.764)]
    [InlineData(0.0005, 7, 5.408)]
    [InlineData(0.0005, 30, 3.646)]
    public void Students_table_is_read_backwards(double tail, int degrees, double t) => Assert.Equal(t, StudentT.Quantile(tail, degrees), 1e-3);

    [Fact]
    public void No_tail_is_below_nothing()
    {
        for (var degrees = 1; degrees < 200; degrees++)
        {
            for (var t = 8.0; t < 1000; t *= 1.4)
            {
                Assert.True(StudentT.UpperTail(t, degrees) >= 0, $"{t} {degrees}");
            }
        }
    }

    [Fact]
    public void The_true_best_is_dropped_no_more_often_than_the_level_allows()
    {
        // The incumbent, a point as good, a better one and ten worse ones, over and over with other noise.
        const int Rounds = 400;
        const double Level = 0.05;
        var (equalDropped, betterDropped, worseDropped, runs) = (0, 0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var evaluator = new NoisyEvaluator((ulong)round, Windows);
            SearchPoint[] points = [Point(1, round), Point(0.98, round), .. Enumerable.Range(0, 10).Select(i => Point(1.1 + (0.01 * i), round))];
            var results = PairedRace.Run(new RememberingEvaluator(evaluator), Point(1, -1 - round), points, Level);
            equalDropped += results[0].Losses.Length < Windows ? 1 : 0;
            betterDropped += results[1].Losses.Length < Windows ? 1 : 0;
            worseDropped += results.Skip(2).Count(r => r.Losses.Length < Windows);
            runs += results.Sum(r => r.Losses.Length);
        }

        // A test after each window from the second on. The bound is the union's, with three standard errors of the count.
        var allowed = Level * (Windows - 1) * Rounds;
        Assert.True(equalDropped <= allowed + (3 * Math.Sqrt(allowed)), $"{equalDropped} of {Rounds} equal points were dropped, expected at most about {allowed}");
        Assert.True(betterDropped <= allowed / 2, $"{betterDropped} of {Rounds} better points were dropped");

        // And it must be worth it: far worse points go.
        Assert.True(worseDropped > 0.95 * 10 * Rounds, $"{worseDropped} of {10 * Rounds} worse points were dropped");
        Assert.True(runs < 0.6 * 12 * Windows * Rounds, $"{runs} windows ran of {12 * Windows * Rounds}");
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(12, false)]
    [InlineData(25, false)]
    [InlineData(1, true)]
    [InlineData(12, true)]
    public void One_test_drops_an_equal_point_no_more_often_than_the_level_allows(int count, bool hasIncumbent)
    {
        // Two windows are one test. Where the best of the race counted among its own rivals, 14 of 100 went when two raced, 40 when twelve did.
        const int Rounds = 2000;
        const double Level = 0.05;
        var dropped = 0;
        for (var round = 0; round < Rounds; round++)
        {
            SearchPoint[] points = [.. Enumerable.Range(0, count).Select(i => Point(1, (count * round) + i))];
            var noisy = new NoisyEvaluator((ulong)round, windows: 3);
            dropped += PairedRace.Run(new RememberingEvaluator(noisy), hasIncumbent ? Point(1, -1 - round) : null, points, Level).Count(r => r.Losses.Length == 2);
        }

        // A race's points are not independent of one another: three standard errors of the races, not of the points.
        var rate = dropped / ((double)Rounds * count);
        var most = Level + (3 * Math.Sqrt(Level / Rounds));
        Assert.True(rate <= most, $"{rate:P1} of the points were dropped, expected at most {most:P1}");
    }

    [Fact]
    public void Level_0_drops_nothing_but_what_is_not_finite()
    {
        var evaluator = new SyntheticEvaluator(4, [1, 2], noise: 0.1) { IsBad = question => question == 6 };
        SearchPoint[] points = [Point(1, 0), Point(5, 0), Point(9, 0)];
        var results = PairedRace.Run(new RememberingEvaluator(evaluator), null, points, 0);

        // Question 6 is the first point's third window: without an incumbent the three run side by side.
        Assert.Equal([3, 4, 4], results.Select(r => r.Losses.Length));
        Assert.False(double.IsFinite(results[0].Behind));
        Assert.Contains(results, r => r.Behind == 0);
    }

    private static SearchPoint Point(double quality, int mark) => new([quality, 1000 + mark], 0, 1);

    /// <summary>The first factor is the loss; windows differ by much, points on one window by noise of 0.02.</summary>
    private sealed class NoisyEvaluator(ulong seed, int windows) : ISearchEvaluator
    {
        public int NumWindows => windows;

        public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests) => [.. requests.Select(r => Enumerable.Range(r.FirstWindow, r.NumWindows).Select(w =>
        {
            var random = new CounterRandom(seed ^ BitConverter.DoubleToUInt64Bits(r.Point.RescaleFactors[0] + r.Point.RescaleFactors[1])).Fork((ulong)w);
            return r.Point.RescaleFactors[0] + Math.Sin(w) + (0.02 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
        }).ToArray())];
    }
}
