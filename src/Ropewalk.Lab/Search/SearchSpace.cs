using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>Points of a search as vectors of real numbers around an origin: logarithms of the rescale factors, and of the attention factor where
/// it is searched. With fewer knots than pairs the factors follow a line of straight pieces over the pair index, so neighbours move together.</summary>
public sealed class SearchSpace
{
    /// <summary>ln a for 1 in a vector: it has far less room than a rescale factor, and one step is to be a step for both.</summary>
    public const double AttentionScale = 0.3;

    private readonly SearchProblem _problem;
    private readonly double[] _logFactors;
    private readonly double _logAttention;
    private readonly int _knots;
    private readonly bool _hasAttention;
    private readonly int _startTokens;

    /// <summary>Lays out a space.</summary>
    /// <param name="problem">Bounds.</param>
    /// <param name="origin">What the vector of zeros stands for.</param>
    /// <param name="knots">Numbers for the rescale factors, 1 to the number of pairs.</param>
    public SearchSpace(SearchProblem problem, SearchPoint origin, int knots)
    {
        _problem = problem;
        _logFactors = [.. origin.RescaleFactors.Select(Math.Log)];
        _logAttention = Math.Log(origin.AttentionFactor);
        _startTokens = origin.StartTokens;
        _knots = Math.Clamp(knots, 1, _logFactors.Length);
        _hasAttention = !problem.FixedTemperature;
    }

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => _knots + (_hasAttention ? 1 : 0);

    /// <summary>The point of a vector, moved into bounds; with a monotone problem no factor is below the one before it.</summary>
    public SearchPoint Point(IReadOnlyList<double> x)
    {
        var factors = ImmutableArray.CreateBuilder<double>(_logFactors.Length);
        var before = 0.0;
        for (var i = 0; i < _logFactors.Length; i++)
        {
            var factor = Math.Clamp(Math.Exp(_logFactors[i] + Along(x, i)), _problem.SmallestFactor, _problem.LargestFactor);
            factors.Add(before = _problem.Monotone ? Math.Max(before, factor) : factor);
        }

        var attention = _hasAttention
            ? Math.Clamp(Math.Exp(_logAttention + (AttentionScale * x[^1])), _problem.SmallestAttention, _problem.LargestAttention)
            : Math.Exp(_logAttention);
        return new SearchPoint(factors.MoveToImmutable(), _startTokens, _hasAttention ? attention : _problem.AttentionFactor);
    }

    /// <summary>The vector of a point that lies on the line of pieces: at its knots.</summary>
    public double[] Vector(SearchPoint point)
    {
        var x = new double[Dimensions];
        for (var k = 0; k < _knots; k++)
        {
            var i = _knots == 1 ? 0 : (int)Math.Round((double)k * (_logFactors.Length - 1) / (_knots - 1));
            x[k] = Math.Log(point.RescaleFactors[i]) - _logFactors[i];
        }

        if (_hasAttention)
        {
            x[^1] = (Math.Log(point.AttentionFactor) - _logAttention) / AttentionScale;
        }

        return x;
    }

    private double Along(IReadOnlyList<double> x, int pair)
    {
        if (_knots == 1 || _logFactors.Length == 1)
        {
            return x[0];
        }

        var at = (double)pair * (_knots - 1) / (_logFactors.Length - 1);
        var left = Math.Min((int)at, _knots - 2);
        return x[left] + ((at - left) * (x[left + 1] - x[left]));
    }
}
