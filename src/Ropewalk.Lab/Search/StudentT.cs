namespace Ropewalk.Lab.Search;

/// <summary>Student's t for whole degrees of freedom, by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.</summary>
internal static class StudentT
{
    private const int Halvings = 60;

    /// <summary>Probability of more than t.</summary>
    /// <param name="t">Not negative; infinite where the spread is zero.</param>
    /// <param name="degrees">At least 1.</param>
    public static double UpperTail(double t, int degrees)
    {
        var angle = Math.Atan(t / Math.Sqrt(degrees));
        var (sine, cosine) = (Math.Sin(angle), Math.Cos(angle));
        var odd = degrees % 2;
        var (term, sum) = (odd == 1 ? cosine : 1, 0.0);
        for (var k = odd + 2; k <= degrees; k += 2)
        {
            sum += term;
            term *= cosine * cosine * (k - 1) / k;
        }

        var inside = odd == 1 ? 2 / Math.PI * (angle + (sine * sum)) : sine * sum;
        return Math.Max(0, (1 - inside) / 2);
    }

    /// <summary>The t that is exceeded with a probability.</summary>
    /// <param name="tail">Above 0, at most 1/2.</param>
    /// <param name="degrees">At least 1.</param>
    public static double Quantile(double tail, int degrees)
    {
        var (low, high) = (0.0, 1.0);
        while (UpperTail(high, degrees) > tail)
        {
            (low, high) = (high, 2 * high);
        }

        for (var i = 0; i < Halvings; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = UpperTail(middle, degrees) > tail ? (middle, high) : (low, middle);
        }

        return high;
    }
}
