using Ropewalk.Cli;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Tests.Cli;

/// <summary>The live line where it is as wide as the terminal.</summary>
public sealed class ConsoleReporterTests
{
    [Fact]
    public void A_long_curve_does_not_push_out_what_one_waits_for()
    {
        using var error = new StringWriter();
        var curve = Sparkline.OfFactors([.. Enumerable.Range(0, 256).Select(i => 1 + (i / 32.0))]);
        new ConsoleReporter(error, isTerminal: true).Live(new JobProgress($"search, round 12, best 4.3310, 1,024 candidates, {curve} up to 8.97", 0.123, 4567, TimeSpan.FromMinutes(3)));
        Assert.StartsWith("\r 12.3 %  4,567 tokens/s  3 min 0 s left  search, round 12,", error.ToString(), StringComparison.Ordinal);
    }
}
