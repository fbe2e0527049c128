using System.Collections.Immutable;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Laws;

namespace Ropewalk.Lab.Search;

/// <summary>LongRoPE2's search (2502.20082, algorithms 1 and 2): from a critical pair on the factors are searched between s and 2 s, below it they
/// follow the NTK rule through the critical one. Critical pairs earlier than theory's are tried too. Crossovers are LongRoPE's, between parents
/// of one critical pair. Under one attention factor.</summary>
public sealed class CriticalSearch : ISearchAlgorithm
{
    /// <inheritdoc />
    public string Name => "critical";

    /// <summary>Critical pairs to try: from the first pair that makes fewer than ten turns in the trained window to the first that makes less than one.</summary>
    public static ImmutableArray<int> Pairs(RopeGeometry geometry)
    {
        var last = Math.Min(RopeLaws.CriticalPair(geometry), geometry.Pairs - 1);
        var first = Math.Min(RopeLaws.CriticalPair(geometry, 10), last);
        return [.. Enumerable.Range(first, last - first + 1)];
    }

    /// <summary>All factors from those at and after the critical pair: lambda_i = lambda_c^(i/c) before it.</summary>
    /// <param name="critical">Index c.</param>
    /// <param name="upper">lambda of pair c and the following.</param>
    public static ImmutableArray<double> Factors(int critical, ReadOnlySpan<double> upper)
    {
        var factors = ImmutableArray.CreateBuilder<double>(critical + upper.Length);
        for (var i = 0; i < critical; i++)
        {
            factors.Add(Math.Pow(upper[0], (double)i / critical));
        }

        factors.AddRange(upper);
        return factors.MoveToImmutable();
    }

    /// <inheritdoc />
    public bool SearchesAttention => false;

    /// <inheritdoc />
    public long Cost(SearchSettings settings, int numWindows) => (long)settings.Evaluations * numWindows;

    /// <inheritdoc />
    public SearchOutcome Run(ISearchEvaluator evaluator, SearchProblem problem, Action<IReadOnlyList<Trial>>? judged = null)
    {
        var settings = problem.Settings;
        var random = new RandomDraws(new CounterRandom(settings.Seed).Fork(3));
        var (low, high) = ((int)Math.Ceiling(problem.Scale * Candidate.GridPerUnit), (int)Math.Floor(2 * problem.Scale * Candidate.GridPerUnit));
        var pairs = Pairs(problem.Geometry);
        var log = new TrialLog(evaluator, judged);
        var all = new List<(double Nll, CriticalGenes Genes)>();
        List<(double Nll, CriticalGenes Genes)> Judge(List<CriticalGenes> genes) =>
            [.. log.Judge([.. genes.Select(g => new SearchPoint(g.Factors, 0, problem.AttentionFactor))]).Zip(genes)];

        var initial = Enumerable.Range(0, settings.Population)
            .Select(i => CriticalGenes.Flat(pairs[i % pairs.Length], problem.Geometry.Pairs, low + random.NextInt(high - low + 1))).ToList();
        all.AddRange(Judge(initial));
        for (var iteration = 0; iteration < settings.Iterations; iteration++)
        {
            // OrderBy is stable: of equal ones the first stays the first.
            all = [.. all.OrderBy(a => a.Nll).Take(settings.Parents)];
            var children = Enumerable.Range(0, settings.Mutations).Select(_ => all[random.NextInt(all.Count)].Genes.Mutated(settings.Probability, low, high, random)).ToList();
            for (var i = 0; i < settings.Crossovers; i++)
            {
                var (first, second) = (random.NextInt(all.Count), random.NextInt(all.Count));
                var (better, worse) = (all[Math.Min(first, second)].Genes, all[Math.Max(first, second)].Genes);
                children.Add(better.Crossed(worse, settings.Probability, random) ?? better.Mutated(settings.Probability, low, high, random));
            }

            all.AddRange(Judge(children));
        }

        log.RaceStartTokens(problem);
        return log.Outcome;
    }
}
