namespace Ropewalk.Lab.Search;

/// <summary>The minimum of a function of one number: a grid, then golden sections around its best point.</summary>
public static class LineSearch
{
    /// <summary>Finds the best argument.</summary>
    /// <param name="evaluate">Values of a batch of arguments; one that is not finite never wins.</param>
    /// <param name="low">Smallest argument.</param>
    /// <param name="high">Largest argument.</param>
    /// <param name="gridPoints">Points of the grid, at least 3.</param>
    /// <param name="refinements">Batches of two points each around the best.</param>
    public static (double Argument, double Value) Minimize(Func<double[], double[]> evaluate, double low, double high, int gridPoints, int refinements)
    {
        var arguments = Enumerable.Range(0, gridPoints).Select(i => low + ((high - low) * i / (gridPoints - 1))).ToArray();
        var values = Finite(evaluate(arguments));
        var best = Array.IndexOf(values, values.Min());
        var (argument, value) = (arguments[best], values[best]);
        var step = (high - low) / (gridPoints - 1);
        for (var i = 0; i < refinements; i++)
        {
            step /= 2;
            double[] around = [Math.Max(low, argument - step), Math.Min(high, argument + step)];
            var at = Finite(evaluate(around));
            for (var j = 0; j < 2; j++)
            {
                if (at[j] < value)
                {
                    (argument, value) = (around[j], at[j]);
                }
            }
        }

        return (argument, value);
    }

    /// <summary>The smallest of numbers with a NaN among them is NaN: what is not finite must lose instead.</summary>
    private static double[] Finite(double[] values) => [.. values.Select(v => double.IsFinite(v) ? v : double.PositiveInfinity)];
}
