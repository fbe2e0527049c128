using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Compares what a plan says with what was read back: cosines and sines at positions near all borders.</summary>
internal static class TableComparison
{
    // An angle from factors of float32 is wrong by a part of itself; the cosine by that many radians.
    private const double RelativeAngle = 3e-7;
    private const double Absolute = 2e-6;

    /// <summary>Largest difference of a cosine or sine beyond what rounding to float32 explains, as a multiple of that; at most 1 for equal tables.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="read">What was read back.</param>
    public static double Worst(RopePlan plan, RopeScaling read)
    {
        if (read.Geometry.RotaryDimension != plan.Geometry.RotaryDimension)
        {
            return double.PositiveInfinity;
        }

        var worst = 0d;
        foreach (var length in (long[])[1, plan.Geometry.OriginalContext, plan.Geometry.OriginalContext + 1L, plan.TargetLength])
        {
            worst = Math.Max(worst, Worst(plan.Scaling.At(length), read.At(length), Math.Max(length, plan.Geometry.OriginalContext)));
        }

        return worst;
    }

    private static double Worst(RopeFrequencies expected, RopeFrequencies found, long length)
    {
        if (expected.StartTokens != found.StartTokens)
        {
            return double.PositiveInfinity;
        }

        var pairs = expected.Pairs;
        long[] positions = [0, 1, length / 3, length / 2, length - 1];
        var (cos, sin, cosFound, sinFound) = (new float[positions.Length * pairs], new float[positions.Length * pairs], new float[positions.Length * pairs], new float[positions.Length * pairs]);
        RotaryAngles.Fill(expected, positions, cos, sin);
        RotaryAngles.Fill(found, positions, cosFound, sinFound);
        var worst = 0d;
        for (var row = 0; row < positions.Length; row++)
        {
            for (var pair = 0; pair < pairs; pair++)
            {
                var i = (row * pairs) + pair;
                var allowed = (Absolute + (RelativeAngle * positions[row] * expected.InverseFrequencies[pair])) * expected.AttentionFactor;
                worst = Math.Max(worst, Math.Max(Math.Abs(cos[i] - cosFound[i]), Math.Abs(sin[i] - sinFound[i])) / allowed);
            }
        }

        return worst;
    }
}
