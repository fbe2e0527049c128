using Ropewalk.Lab.Studies;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Studies;

/// <summary>Predictions against the figures of 2310.05209 for LLaMA-2 (d = 128, window 4096).</summary>
public sealed class BasePredictionTests
{
    private static readonly RopeGeometry s_llama2 = new(128, 10000, 4096);

    [Theory]
    [InlineData(1e5, 24_656)]
    [InlineData(5e5, 78_400)]
    [InlineData(1e6, 129_027)]
    public void A_larger_base_reaches_what_the_paper_computes(double tuned, double limit)
    {
        var prediction = BasePrediction.Of(s_llama2, 4096, tuned);
        Assert.Equal(BaseSide.Above, prediction.Side);
        Assert.Equal(limit, prediction.Limit, 1.0);
    }

    [Fact]
    public void At_the_critical_base_and_below_it_the_tuned_window_is_the_limit()
    {
        // The paper's critical base for tuning at 16k is 71738.
        Assert.Equal((BaseSide.Critical, 16384), (BasePrediction.Of(s_llama2, 16384, 71_738).Side, BasePrediction.Of(s_llama2, 16384, 71_738).Limit));
        Assert.Equal((BaseSide.Below, 16384), (BasePrediction.Of(s_llama2, 16384, 60_000).Side, BasePrediction.Of(s_llama2, 16384, 60_000).Limit));
        Assert.Equal(BaseSide.Above, BasePrediction.Of(s_llama2, 16384, 80_000).Side);
        Assert.Equal(BaseSide.Critical, BasePrediction.Of(s_llama2, 4096, 10_000).Side);
    }

    [Fact]
    public void Default_bases_rise_and_lie_on_both_sides()
    {
        var bases = BasePrediction.Defaults(s_llama2, 16384);
        Assert.Equal(bases.Order(), bases);
        Assert.Equal(16384 / Math.Tau, bases[0], 1e-9);
        Assert.Contains(10_000, bases);
        Assert.Contains(bases, b => BasePrediction.Of(s_llama2, 16384, b).Side == BaseSide.Critical);

        // The law's base for 64k tokens with a critical dimension of 92 is 389653.
        Assert.Contains(bases, b => Math.Abs(b - 389_653) < 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0.3)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_base_that_slows_nothing_is_refused(double tuned) =>
        Assert.StartsWith("--bases: found ", Assert.Throws<UserInputException>(() => BasePrediction.Of(s_llama2, 4096, tuned)).Message, StringComparison.Ordinal);
}
