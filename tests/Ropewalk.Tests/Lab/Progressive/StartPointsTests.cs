using Ropewalk.Lab.Progressive;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Progressive;

/// <summary>Where a search on a tuned model starts.</summary>
public sealed class StartPointsTests
{
    private static readonly RopeGeometry s_geometry = new(8, 10000, 64);
    private static readonly SearchPoint s_before = new([1, 2, 3.5, 4.2], 0, 1.2);

    [Fact]
    public void The_tuned_factors_lead_and_interpolation_comes_on_top_of_them()
    {
        var points = StartPoints.From(s_before, 256, Problem(1024, isFixed: true));
        Assert.Equal(s_before.RescaleFactors.ToArray(), points[0].RescaleFactors.ToArray());

        // Linear interpolation by 4 more; NTK as LongRoPE's paper writes it, s^(2i/d), leaves the first pair alone.
        Assert.Equal([4, 8, 14, 16.8], points[1].RescaleFactors.Select(f => Math.Round(f, 12)));
        Assert.Equal(1, points[2].RescaleFactors[0], 12);
        Assert.Equal(4.2 * Math.Pow(4, 6.0 / 8), points[2].RescaleFactors[3], 9);

        // YaRN's ramp lies over the tuned window, in which the first pair turns more than 32 times.
        Assert.Equal(1, points[3].RescaleFactors[0], 12);
        Assert.Equal(16.8, points[3].RescaleFactors[3], 9);
        Assert.All(points, p => Assert.Equal(1.1, p.AttentionFactor));
    }

    [Fact]
    public void A_search_of_the_temperature_starts_from_the_tuned_one_too()
    {
        var points = StartPoints.From(s_before, 256, Problem(1024, isFixed: false));
        Assert.Equal(8, points.Length);
        Assert.Contains(points, p => p.AttentionFactor.Equals(1.2) && p.RescaleFactors.SequenceEqual(s_before.RescaleFactors));
    }

    [Fact]
    public void Algorithms_race_the_starts()
    {
        var start = new SearchPoint([1, 1.5, 2.5, 9], 0, 1.1);
        var problem = Problem(1024, isFixed: true) with { Starts = [start] };
        Assert.Contains(start, PublishedPoints.Few(problem));
        Assert.Contains(start, PublishedPoints.Many(problem));
        Assert.Contains(EvolutionAlgorithm.Seeds(problem), c => c.RescaleFactors.SequenceEqual(start.RescaleFactors));

        // Evolution keeps its order, so a start without it is none.
        Assert.Equal(3, EvolutionAlgorithm.Seeds(problem with { Starts = [new SearchPoint([1, 3, 2, 9], 0, 1.1)] }).Count);
    }

    private static SearchProblem Problem(int length, bool isFixed) => new()
    {
        Geometry = s_geometry,
        Length = length,
        Settings = new SearchSettings { LargestHundredths = 2000 },
        AttentionFactor = 1.1,
        FixedTemperature = isFixed,
    };
}
