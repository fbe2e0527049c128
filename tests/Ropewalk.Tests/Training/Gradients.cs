namespace Ropewalk.Tests.Training;

/// <summary>Central differences in float64.</summary>
internal static class Gradients
{
    public static double[] ToDoubles(float[] values) => [.. values.Select(v => (double)v)];

    /// <summary>Slope of a function in one of its variables.</summary>
    public static double Slope(Func<double[], double> function, double[] at, int index, double h = 1e-5)
    {
        var moved = at.ToArray();
        moved[index] = at[index] + h;
        var above = function(moved);
        moved[index] = at[index] - h;
        return (above - function(moved)) / (2 * h);
    }
}
