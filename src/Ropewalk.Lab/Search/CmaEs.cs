using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>CMA-ES as in Hansen's tutorial (1604.00772) with its default numbers: weighted recombination of the better half, cumulative step-size
/// control, rank-one and rank-mu updates of the covariance. It is told only how the points rank.</summary>
public sealed class CmaEs
{
    private readonly CounterRandom _random;
    private readonly double[] _weights;
    private readonly double _muEffective;
    private readonly double _sigmaRate;
    private readonly double _sigmaDamping;
    private readonly double _pathRate;
    private readonly double _rankOneRate;
    private readonly double _rankMuRate;
    private readonly double _expectedLength;
    private readonly double[] _mean;
    private readonly double[] _sigmaPath;
    private readonly double[] _path;
    private readonly double[,] _covariance;
    private (double[] Roots, double[,] Vectors) _axes;
    private int _generation;

    /// <summary>Starts a distribution.</summary>
    /// <param name="mean">Its centre.</param>
    /// <param name="sigma">Its width in every direction.</param>
    /// <param name="random">Draws the points.</param>
    /// <param name="population">Points of a generation; null for 4 + 3 ln n.</param>
    public CmaEs(IReadOnlyList<double> mean, double sigma, CounterRandom random, int? population = null)
    {
        var n = mean.Count;
        Population = population ?? DefaultPopulation(n);
        ArgumentOutOfRangeException.ThrowIfLessThan(Population, 4);
        (_mean, Sigma, _random) = ([.. mean], sigma, random);
        var parents = Population / 2;
        _weights = [.. Enumerable.Range(0, parents).Select(i => Math.Log((Population + 1) / 2.0) - Math.Log(i + 1))];
        var sum = _weights.Sum();
        _weights = [.. _weights.Select(w => w / sum)];
        _muEffective = 1 / _weights.Sum(w => w * w);
        _sigmaRate = (_muEffective + 2) / (n + _muEffective + 5);
        _sigmaDamping = 1 + (2 * Math.Max(0, Math.Sqrt((_muEffective - 1) / (n + 1)) - 1)) + _sigmaRate;
        _pathRate = (4 + (_muEffective / n)) / (n + 4 + (2 * _muEffective / n));
        _rankOneRate = 2 / (((n + 1.3) * (n + 1.3)) + _muEffective);
        _rankMuRate = Math.Min(1 - _rankOneRate, 2 * (_muEffective - 2 + (1 / _muEffective)) / (((n + 2.0) * (n + 2)) + _muEffective));
        _expectedLength = Math.Sqrt(n) * (1 - (1 / (4.0 * n)) + (1 / (21.0 * n * n)));
        (_sigmaPath, _path, _covariance) = (new double[n], new double[n], new double[n, n]);
        for (var i = 0; i < n; i++)
        {
            _covariance[i, i] = 1;
        }

        _axes = SymmetricEigen.Roots(_covariance);
    }

    /// <summary>Points of a generation.</summary>
    public int Population { get; }

    /// <summary>Centre of the distribution: the best guess where the values are noisy.</summary>
    public IReadOnlyList<double> Mean => _mean;

    /// <summary>The step size.</summary>
    public double Sigma { get; private set; }

    /// <summary>The tutorial's population for n dimensions.</summary>
    public static int DefaultPopulation(int dimensions) => 4 + (int)(3 * Math.Log(dimensions));

    /// <summary>Draws the points of a generation.</summary>
    public IReadOnlyList<double[]> Ask()
    {
        var n = _mean.Length;
        var points = new double[Population][];
        for (var k = 0; k < Population; k++)
        {
            var z = new double[n];
            for (var i = 0; i < n; i++)
            {
                z[i] = _axes.Roots[i] * Normal();
            }

            points[k] = new double[n];
            for (var i = 0; i < n; i++)
            {
                var y = 0.0;
                for (var j = 0; j < n; j++)
                {
                    y += _axes.Vectors[i, j] * z[j];
                }

                points[k][i] = _mean[i] + (Sigma * y);
            }
        }

        return points;
    }

    /// <summary>Moves the distribution.</summary>
    /// <param name="best">Points of the generation, best first, at least the better half; they may have been moved into bounds meanwhile.</param>
    public void Tell(IReadOnlyList<double[]> best)
    {
        var n = _mean.Length;
        var steps = best.Take(_weights.Length).Select(p => p.Select((x, i) => (x - _mean[i]) / Sigma).ToArray()).ToArray();
        var mean = new double[n];
        for (var i = 0; i < n; i++)
        {
            for (var k = 0; k < _weights.Length; k++)
            {
                mean[i] += _weights[k] * steps[k][i];
            }

            _mean[i] += Sigma * mean[i];
        }

        // C^(-1/2) y, in the axes of the covariance.
        var turned = new double[n];
        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i < n; i++)
            {
                turned[j] += _axes.Vectors[i, j] * mean[i];
            }

            turned[j] /= _axes.Roots[j];
        }

        var length = 0.0;
        for (var i = 0; i < n; i++)
        {
            var white = 0.0;
            for (var j = 0; j < n; j++)
            {
                white += _axes.Vectors[i, j] * turned[j];
            }

            _sigmaPath[i] = ((1 - _sigmaRate) * _sigmaPath[i]) + (Math.Sqrt(_sigmaRate * (2 - _sigmaRate) * _muEffective) * white);
            length += _sigmaPath[i] * _sigmaPath[i];
        }

        length = Math.Sqrt(length);
        _generation++;
        var stalled = length / Math.Sqrt(1 - Math.Pow(1 - _sigmaRate, 2 * _generation)) < (1.4 + (2 / (n + 1.0))) * _expectedLength ? 1 : 0;
        for (var i = 0; i < n; i++)
        {
            _path[i] = ((1 - _pathRate) * _path[i]) + (stalled * Math.Sqrt(_pathRate * (2 - _pathRate) * _muEffective) * mean[i]);
        }

        // Where the path was held still the variance that it would have brought is put back.
        var keep = 1 - _rankOneRate - _rankMuRate + ((1 - stalled) * _rankOneRate * _pathRate * (2 - _pathRate));
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var mu = 0.0;
                for (var k = 0; k < _weights.Length; k++)
                {
                    mu += _weights[k] * steps[k][i] * steps[k][j];
                }

                _covariance[i, j] = _covariance[j, i] = (keep * _covariance[i, j]) + (_rankOneRate * _path[i] * _path[j]) + (_rankMuRate * mu);
            }
        }

        Sigma *= Math.Exp(_sigmaRate / _sigmaDamping * ((length / _expectedLength) - 1));
        _axes = SymmetricEigen.Roots(_covariance);
    }

    /// <summary>Box and Muller's transform; one of its two numbers, so that a draw depends on nothing before it but the counter.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(Math.Tau * _random.NextDouble());
}
