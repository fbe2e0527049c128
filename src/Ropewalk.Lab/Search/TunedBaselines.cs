using Ropewalk.Lab.Evaluation;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>The two baselines with their one free number tuned on the search windows: NTK's alpha and YaRN's attention factor.</summary>
public static class TunedBaselines
{
    /// <summary>Evaluations of one tuning: a grid of 9, then 5 halvings of two points.</summary>
    public const int Evaluations = 9 + (2 * Refinements);

    private const int Refinements = 5;

    /// <summary>alpha from s/2 to 64 s, tuned on a logarithmic scale: some high pairs extrapolate, so the best is usually above s (methods of the NTK post).</summary>
    public static NtkScaling Ntk(FactorSearch search, IMeasurements measurements, RopeGeometry geometry, int length, CancellationToken cancellationToken)
    {
        var s = (double)length / geometry.OriginalContext;
        NtkScaling At(double logAlpha) => new(geometry, Math.Exp(logAlpha));
        var (best, _) = LineSearch.Minimize(
            points => measurements.Values("ntk by log alpha", points, search.NumTokens, p => search.MeanLosses([.. p.Select(x => At(x).At(length))], cancellationToken)), Math.Log(Math.Max(1, s / 2)), Math.Log(64 * s), 9, Refinements);
        return At(best);
    }

    /// <summary>Attention factor from 0.8 to 1.6, and further where the best lies at an end of that.</summary>
    public static YarnScaling Yarn(FactorSearch search, IMeasurements measurements, RopeGeometry geometry, int length, CancellationToken cancellationToken)
    {
        const double Low = 0.8;
        const double High = 1.6;
        YarnScaling At(double factor) => new(geometry, (double)length / geometry.OriginalContext) { ExplicitAttentionFactor = factor };
        double Best(double low, double high) => LineSearch.Minimize(
            points => measurements.Values("yarn by attention factor", points, search.NumTokens, p => search.MeanLosses([.. p.Select(x => At(x).At(length))], cancellationToken)), low, high, 9, Refinements).Argument;
        return At(Best(Low, High) switch
        {
            Low => Best(Low / 4, Low),
            High => Best(High, 4 * High),
            var inside => inside,
        });
    }
}
