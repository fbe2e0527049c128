using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Studies;

namespace Ropewalk.Tests.Lab.Studies;

/// <summary>From how many tokens on a longer window pays.</summary>
public sealed class TuningStudyTableTests
{
    private static readonly MethodResult s_any = new("", "", 128, new Perplexity(1, 2, 3, 127), 1, []);

    [Fact]
    public void It_is_proven_from_where_every_later_interval_is_below()
    {
        var table = Table((0, 0.2, 0.1, 0.3), (100, -0.01, -0.02, -0.001), (200, -0.02, -0.05, 0.01), (400, -0.1, -0.2, -0.05), (800, -0.2, -0.3, -0.1));
        Assert.Equal(100, table.FirstBelow);
        Assert.Equal(400, table.FirstProven);
    }

    [Fact]
    public void Nothing_below_is_nothing_proven()
    {
        var table = Table((0, 0.2, 0.1, 0.3), (100, 0.1, 0.05, 0.2));
        Assert.Null(table.FirstBelow);
        Assert.Null(table.FirstProven);
        Assert.Null(Table((0, 0.2, 0.1, 0.3), (100, -0.1, -0.2, 0.05)).FirstProven);
    }

    private static TuningStudyTable Table(params (long Tokens, double Difference, double Low, double High)[] rows) =>
        new(128, s_any, [.. rows.Select(r => new TuningStudyRow(r.Tokens, 1, s_any, s_any.Perplexity, (r.Difference, r.Low, r.High), null, null))]);
}
