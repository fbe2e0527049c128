using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;

namespace Ropewalk.Tests.Lab.Evaluation;

public sealed class BootstrapTests
{
    [Theory]
    [InlineData(1, "blocks")]
    [InlineData(40, "documents")]
    public void An_interval_covers_the_known_mean_about_as_often_as_it_says(int documents, string unit)
    {
        const int Rounds = 120;
        const double Mean = 2;
        var set = Set(documents, windows: 40, length: 65);
        var bootstrap = new Bootstrap(set, 1);
        Assert.Contains(unit, bootstrap.Unit, StringComparison.Ordinal);
        var covered = 0;
        for (var round = 0UL; round < Rounds; round++)
        {
            var measured = bootstrap.Measure(Losses(set, round, Mean));
            Assert.Equal(set.NumScored, measured.Tokens);
            covered += Math.Log(measured.Low) <= Mean && Mean <= Math.Log(measured.High) ? 1 : 0;
        }

        // 95 % of 120 is 114 with a standard deviation of 2.4; percentile intervals of 40 units cover slightly less.
        Assert.InRange(covered, 104, 119);
    }

    [Fact]
    public void The_mean_is_weighted_by_tokens_and_lies_in_its_interval()
    {
        var set = Set(3, windows: 9, length: 33);
        var losses = Losses(set, 5, 1);
        var measured = new Bootstrap(set, 1).Measure(losses);
        Assert.Equal(losses.SelectMany(l => l).Average(l => (double)l), measured.Nll, 1e-12);
        Assert.InRange(measured.Value, measured.Low, measured.High);
        Assert.Equal(measured, new Bootstrap(set, 1).Measure(losses));
    }

    [Fact]
    public void Paired_differences_are_exact_where_nothing_or_everything_changes()
    {
        var set = Set(2, windows: 10, length: 50);
        var bootstrap = new Bootstrap(set, 3);
        var losses = Losses(set, 7, 2);
        Assert.Equal((0, 0, 0), bootstrap.Compare(losses, losses));
        var worse = losses.Select(w => w.Select(l => l + 0.25f).ToArray()).ToArray();
        var (difference, low, high) = bootstrap.Compare(losses, worse);
        Assert.Equal(-0.25, difference, 1e-6);
        Assert.Equal(-0.25, low, 1e-6);
        Assert.Equal(-0.25, high, 1e-6);
    }

    private static WindowSet Set(int documents, int windows, int length) => new(
        length,
        [.. Enumerable.Range(0, windows).Select(w => new EvaluationWindow(w % documents, w * length, new int[length]))],
        [.. Enumerable.Range(0, documents).Select(d => $"{d}")]);

    /// <summary>Independent losses with a known mean: sums of uniform numbers.</summary>
    private static float[][] Losses(WindowSet set, ulong seed, double mean)
    {
        var random = new CounterRandom(seed, 9);
        return [.. set.Windows.Select(_ => Enumerable.Range(0, set.Length - 1).Select(_ => (float)(mean + random.NextDouble() + random.NextDouble() - 1)).ToArray())];
    }
}
