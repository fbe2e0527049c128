using System.Collections.Immutable;
using Ropewalk.Lab.Data;

namespace Ropewalk.Lab.Search;

/// <summary>The evolutionary search of LongRoPE (2402.13753, algorithm 1): an initial population of seeds and their mutants; then in each
/// iteration the best k become parents, and N1 mutants and N2 crossovers of them are evaluated.</summary>
public sealed class EvolutionSearch
{
    private readonly SearchSettings _settings;
    private readonly Func<IReadOnlyList<Candidate>, double[]> _evaluate;
    private readonly Action<IReadOnlyList<Individual>>? _evaluated;
    private readonly HashSet<Candidate> _seen = [];
    private readonly Dictionary<Candidate, ImmutableArray<int>> _parents = [];
    private readonly List<Individual> _all = [];
    private readonly RandomDraws _draws;

    /// <summary>Prepares a search.</summary>
    /// <param name="settings">Its numbers.</param>
    /// <param name="evaluate">Mean losses of a batch; called once an iteration.</param>
    /// <param name="evaluated">Told of each evaluated batch, in the order of its candidates.</param>
    public EvolutionSearch(SearchSettings settings, Func<IReadOnlyList<Candidate>, double[]> evaluate, Action<IReadOnlyList<Individual>>? evaluated = null)
    {
        _settings = settings;
        _evaluate = evaluate;
        _evaluated = evaluated;
        _draws = new RandomDraws(new CounterRandom(settings.Seed).Fork(1));
    }

    /// <summary>Every individual, in order of evaluation.</summary>
    public IReadOnlyList<Individual> Evaluated => _all;

    /// <summary>Runs the search.</summary>
    /// <param name="seeds">The initial settings (PI, NTK, YaRN); duplicates are dropped. At least one, all monotone.</param>
    /// <returns>The best individual; of equal ones the first.</returns>
    public Individual Run(IReadOnlyList<Candidate> seeds)
    {
        // From a seed that decreases no mutation may ever lead to one that does not.
        if (seeds.Count == 0 || seeds.Any(s => !s.IsMonotone))
        {
            throw new ArgumentException("a search starts from at least one seed, and no factor of a seed is smaller than the one before it", nameof(seeds));
        }

        var unique = seeds.Distinct().Take(_settings.Population).ToList();
        unique.ForEach(s => _seen.Add(s));
        var initial = new List<Candidate>(unique);
        while (initial.Count < _settings.Population)
        {
            var seed = (initial.Count - unique.Count) % unique.Count;
            initial.Add(Mutant(unique[seed], seed));
        }

        var parents = Best(Evaluate(initial, 0));
        for (var iteration = 1; iteration <= _settings.Iterations; iteration++)
        {
            var children = new List<Candidate>(_settings.Mutations + _settings.Crossovers);
            for (var i = 0; i < _settings.Mutations; i++)
            {
                var parent = parents[_draws.NextInt(parents.Count)];
                children.Add(Mutant(parent.Candidate, parent.Index));
            }

            for (var i = 0; i < _settings.Crossovers; i++)
            {
                children.Add(Crossing(parents));
            }

            parents = Best([.. parents, .. Evaluate(children, iteration)]);
        }

        return parents[0];
    }

    private Candidate Mutant(Candidate parent, int index)
    {
        var child = Operators.Mutate(parent, _seen, _settings, _draws);
        _seen.Add(child);
        _parents[child] = [index];
        return child;
    }

    private Candidate Crossing(List<Individual> parents)
    {
        if (parents.Count < 2)
        {
            return Mutant(parents[0].Candidate, parents[0].Index);
        }

        var first = _draws.NextInt(parents.Count);
        var second = _draws.NextInt(parents.Count - 1);
        second += second >= first ? 1 : 0;

        // Parents are sorted: the smaller index is the better one.
        var (better, other) = (parents[Math.Min(first, second)], parents[Math.Max(first, second)]);
        var child = Operators.Cross(better.Candidate, other.Candidate, _seen, _settings, _draws);
        if (child is null)
        {
            return Mutant(better.Candidate, better.Index);
        }

        _seen.Add(child);
        _parents[child] = [better.Index, other.Index];
        return child;
    }

    private List<Individual> Evaluate(List<Candidate> candidates, int iteration)
    {
        var losses = _evaluate(candidates);
        var individuals = candidates.Select((c, i) => new Individual(_all.Count + i, iteration, c, double.IsFinite(losses[i]) ? losses[i] : double.PositiveInfinity) { Parents = _parents.GetValueOrDefault(c, []) }).ToList();
        _all.AddRange(individuals);
        _evaluated?.Invoke(individuals);
        return individuals;
    }

    private List<Individual> Best(List<Individual> individuals) =>
        [.. individuals.OrderBy(i => i.Nll).ThenBy(i => i.Index).Take(_settings.Parents)];
}
