using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Evaluation;

/// <summary>The published methods, each as its authors set it for a window of n tokens: s = n/L, and for dynamic NTK the factor L'/L.</summary>
public static class Baselines
{
    /// <summary>The methods at one length, "none" first.</summary>
    /// <param name="original">The model's own encoding.</param>
    /// <param name="length">n.</param>
    /// <param name="targetContext">L'.</param>
    public static IReadOnlyList<(string Method, RopeScaling Scaling)> Published(RopeScaling original, int length, int targetContext)
    {
        var geometry = original.Geometry;
        var s = (double)length / geometry.OriginalContext;
        List<(string, RopeScaling)> methods = [("none", original)];
        if (s > 1)
        {
            methods.Add(("linear", new LinearScaling(geometry, s)));
            if (geometry.RotaryDimension > 2)
            {
                methods.Add(("ntk", new NtkScaling(geometry, s)));
                methods.Add(("dynamic", new DynamicNtkScaling(geometry, (double)targetContext / geometry.OriginalContext)));
            }

            methods.Add(("yarn", new YarnScaling(geometry, s)));
        }

        return methods;
    }

    /// <summary>L, 2 L, 4 L, ... and the target.</summary>
    public static IReadOnlyList<int> Lengths(int originalContext, int targetContext)
    {
        var lengths = new List<int>();
        for (long n = originalContext; n < targetContext; n *= 2)
        {
            lengths.Add((int)n);
        }

        return [.. lengths, targetContext];
    }
}
