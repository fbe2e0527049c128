using System.Collections.Immutable;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Search;

/// <summary>The published methods for a scale as points of a search: where one starts that does not begin from nothing.</summary>
public static class PublishedPoints
{
    // Window lengths that one turn of a pair must span for it to be left alone.
    private static readonly double[] s_leftAlone = [1, 2, 4];

    /// <summary>The problem's own starts; linear interpolation, NTK, YaRN and a base whose last pair is slowed by 2 s, each under YaRN's temperature.</summary>
    public static IReadOnlyList<SearchPoint> Few(SearchProblem problem)
    {
        var (s, d) = (problem.Scale, problem.Geometry.RotaryDimension);
        return [.. problem.Starts, .. Points(problem, [LongRopeSeeds.Yarn(problem.Geometry, s), LongRopeSeeds.Ntk(s, d), LongRopeSeeds.Ntk(2 * s, d), LongRopeSeeds.Linear(s, d)]).Distinct()];
    }

    /// <summary>These, YaRN with other ramps, the released code's average of wavelengths, stronger bases, and LongRoPE2's critical pairs. Beyond what
    /// is published, YaRN with the slowest pairs left alone: those turn so little in the longer window that they need no slowing, and
    /// searches that may lower factors found that by themselves (docs/search.md).</summary>
    public static IReadOnlyList<SearchPoint> Many(SearchProblem problem)
    {
        var (s, d, geometry) = (problem.Scale, problem.Geometry.RotaryDimension, problem.Geometry);
        return
        [
            .. Few(problem)
                .Concat(Points(problem,
                [
                    LongRopeSeeds.Yarn(geometry, s, 8, 0.5), LongRopeSeeds.Yarn(geometry, s, 64, 2), LongRopeSeeds.Yarn(geometry, 1.25 * s, 8, 0.5),
                    LongRopeSeeds.YarnMask(geometry, s), LongRopeSeeds.Ntk(4 * s, d), LongRopeSeeds.Ntk(8 * s, d),
                    .. problem.Monotone ? [] : s_leftAlone.Select(turns => SlowestLeftAlone(LongRopeSeeds.Yarn(geometry, s, 8, 0.5), turns * problem.Length, problem)),
                    .. CriticalSearch.Pairs(geometry).Select(c => CriticalSearch.Factors(c, [.. Enumerable.Repeat(1.25 * s, geometry.Pairs - c)])),
                ]))
                .Distinct(),
        ];
    }

    /// <summary>Many of them where their race, of two windows each at least, takes at most a fourth of a search; else few.</summary>
    /// <param name="problem">Bounds, and whether races drop anything.</param>
    /// <param name="numWindows">Windows of a point that is not dropped.</param>
    /// <param name="cost">Windows that the search may run.</param>
    public static IReadOnlyList<SearchPoint> Affordable(SearchProblem problem, int numWindows, long cost)
    {
        var many = Many(problem);
        var least = problem.RaceLevel == 0 ? numWindows : Math.Min(2, numWindows);
        return many.Count * least <= cost / 4 ? many : Few(problem);
    }

    private static ImmutableArray<double> SlowestLeftAlone(ImmutableArray<double> factors, double wavelength, SearchProblem problem) =>
        [.. factors.Select((f, i) => Math.Tau / problem.Geometry.InverseFrequency(i) > wavelength ? 1 : f)];

    private static IReadOnlyList<SearchPoint> Points(SearchProblem problem, IEnumerable<ImmutableArray<double>> factors)
    {
        var attention = problem.FixedTemperature
            ? problem.AttentionFactor
            : Math.Clamp(AttentionFactors.Yarn(problem.Scale), problem.SmallestAttention, problem.LargestAttention);
        return [.. factors.Select(f => new SearchPoint([.. f.Select(x => Math.Clamp(x, problem.SmallestFactor, problem.LargestFactor))], 0, attention))];
    }
}
