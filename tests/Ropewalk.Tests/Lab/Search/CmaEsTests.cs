using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

public sealed class CmaEsTests
{
    // Hansen's tutorial and the reports on the benchmark functions give, for ten dimensions and a target of 1e-9, some 1,800 evaluations on the
    // sphere, 5,000 to 6,000 on the ellipsoid and Rosenbrock's function with negative weights; without them up to twice that.
    [Theory]
    [InlineData("sphere", 10, 3000)]
    [InlineData("ellipsoid", 10, 9000)]
    [InlineData("rosenbrock", 10, 13000)]
    [InlineData("cigar", 10, 7000)]
    public void It_reaches_the_known_minimum_within_the_known_effort(string name, int dimensions, int most)
    {
        var efforts = Enumerable.Range(0, 5).Select(seed => Effort(name, dimensions, (ulong)seed, 1e-9, 3 * most)).Order().ToArray();
        Assert.True(efforts[2] <= most, $"{name}: {string.Join(", ", efforts)} evaluations, expected a median of at most {most}");
    }

    [Fact]
    public void Only_the_ranks_matter()
    {
        var plain = Trace(f => f);
        Assert.Equal(plain, Trace(f => Math.Exp(f / 10) - 7));
        Assert.NotEqual(plain, Trace(f => -f));
    }

    [Fact]
    public void A_rotation_of_the_ellipsoid_changes_little()
    {
        var straight = Enumerable.Range(0, 5).Select(s => Effort("ellipsoid", 6, (ulong)s, 1e-9, 100_000)).Order().ElementAt(2);
        var turned = Enumerable.Range(0, 5).Select(s => Effort("turned ellipsoid", 6, (ulong)s, 1e-9, 100_000)).Order().ElementAt(2);
        Assert.InRange(turned, straight / 2, straight * 2);
    }

    [Fact]
    public void On_noise_alone_the_step_size_stays_and_the_points_are_normal()
    {
        // Neutral selection: log sigma does a walk without drift, and the first generation's points are standard normal.
        var random = new CounterRandom(5);
        var es = new CmaEs(new double[8], 1, new CounterRandom(6), 2000);
        var first = es.Ask().SelectMany(p => p).ToArray();
        Assert.InRange(first.Average(), -0.03, 0.03);
        Assert.InRange(first.Average(x => x * x), 0.97, 1.03);
        Assert.InRange(first.Average(x => x * x * x * x), 2.8, 3.2);

        var sigmas = Enumerable.Range(0, 20).Select(s =>
        {
            var search = new CmaEs(new double[8], 1, new CounterRandom((ulong)s));
            for (var i = 0; i < 100; i++)
            {
                search.Tell([.. search.Ask().OrderBy(_ => random.NextDouble())]);
            }

            return Math.Log(search.Sigma);
        }).ToArray();
        Assert.InRange(sigmas.Average(), -0.6, 0.6);
    }

    [Fact]
    public void The_populations_are_the_tutorials()
    {
        Assert.Equal([7, 8, 9, 10, 10, 12, 14, 16], new[] { 3, 4, 6, 8, 10, 20, 30, 66 }.Select(CmaEs.DefaultPopulation));
    }

    private static int Effort(string name, int dimensions, ulong seed, double target, int most)
    {
        var es = new CmaEs([.. Enumerable.Repeat(name == "rosenbrock" ? 0.0 : 1.0, dimensions)], 0.5, new CounterRandom(seed));
        for (var evaluations = 0; evaluations < most;)
        {
            var points = es.Ask();
            var values = points.Select(p => Value(name, p)).ToArray();
            evaluations += points.Count;
            if (values.Min() < target)
            {
                return evaluations;
            }

            es.Tell([.. points.Zip(values).OrderBy(p => p.Second).Select(p => p.First)]);
        }

        return int.MaxValue;
    }

    private static string Trace(Func<double, double> of)
    {
        var es = new CmaEs(new double[3], 0.3, new CounterRandom(9));
        for (var i = 0; i < 10; i++)
        {
            es.Tell([.. es.Ask().OrderBy(p => of(Value("rosenbrock", p)))]);
        }

        return string.Join(' ', es.Mean.Append(es.Sigma));
    }

    private static double Value(string name, IReadOnlyList<double> x)
    {
        var n = x.Count;
        return name switch
        {
            "sphere" => x.Sum(v => v * v),
            "ellipsoid" => x.Select((v, i) => Math.Pow(1e6, i / (n - 1.0)) * v * v).Sum(),
            "turned ellipsoid" => Value("ellipsoid", Reflected(x)),
            "cigar" => (x[0] * x[0]) + (1e6 * x.Skip(1).Sum(v => v * v)),
            "rosenbrock" => Enumerable.Range(0, n - 1).Sum(i => (100 * Math.Pow((x[i] * x[i]) - x[i + 1], 2)) + Math.Pow(1 - x[i], 2)),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    /// <summary>A Householder reflection: mixes all axes and keeps lengths.</summary>
    private static double[] Reflected(IReadOnlyList<double> x)
    {
        var normal = x.Select((_, i) => 1.0 + i).ToArray();
        var scale = 2 * x.Zip(normal, (a, b) => a * b).Sum() / normal.Sum(v => v * v);
        return [.. x.Zip(normal, (a, b) => a - (scale * b))];
    }
}
