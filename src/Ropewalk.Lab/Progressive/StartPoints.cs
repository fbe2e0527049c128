using System.Collections.Immutable;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <summary>Where the search for a longer window starts on a model that was tuned for a shorter one: the factors of that tuning, and the published
/// methods applied once more on top of them (2402.13753, table 9). Factors stay relative to the base as trained.</summary>
public static class StartPoints
{
    /// <summary>The points.</summary>
    /// <param name="before">The encoding that the model was tuned under.</param>
    /// <param name="beforeLength">Its window.</param>
    /// <param name="problem">The search: its length, bounds and attention factor.</param>
    public static ImmutableArray<SearchPoint> From(SearchPoint before, int beforeLength, SearchProblem problem)
    {
        var (geometry, s) = (problem.Geometry, (double)problem.Length / beforeLength);
        var d = geometry.RotaryDimension;

        // Pairs that turn often within the tuned window need no slowing now, so YaRN's ramp is laid over that window.
        var tuned = new RopeGeometry(d, geometry.Base, beforeLength);
        ImmutableArray<double>[] steps = [LongRopeSeeds.Linear(1, d), LongRopeSeeds.Linear(s, d), LongRopeSeeds.Ntk(s, d), LongRopeSeeds.Yarn(tuned, s)];
        double[] attentions = problem.FixedTemperature
            ? [problem.AttentionFactor]
            : [Bounded(before.AttentionFactor), Bounded(AttentionFactors.Yarn(problem.Scale))];
        return [.. attentions.SelectMany(a => steps.Select(step => new SearchPoint(
            [.. before.RescaleFactors.Zip(step, (x, y) => Math.Clamp(x * y, problem.SmallestFactor, problem.LargestFactor))], 0, a))).Distinct()];

        double Bounded(double a) => Math.Clamp(a, problem.SmallestAttention, problem.LargestAttention);
    }
}
