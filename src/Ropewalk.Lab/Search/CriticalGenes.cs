using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>One individual of <see cref="CriticalSearch"/>.</summary>
/// <param name="Critical">Index of the critical pair.</param>
/// <param name="Upper">100 lambda of that pair and the following; never falling.</param>
internal sealed record CriticalGenes(int Critical, ImmutableArray<int> Upper)
{
    private const int MutationTries = 100;

    /// <summary>All factors.</summary>
    public ImmutableArray<double> Factors => CriticalSearch.Factors(Critical, [.. Upper.Select(h => h / (double)Candidate.GridPerUnit)]);

    /// <summary>One value for every upper pair.</summary>
    public static CriticalGenes Flat(int critical, int pairs, int hundredths) => new(critical, [.. Enumerable.Repeat(hundredths, pairs - critical)]);

    /// <summary>Each upper factor with a probability anywhere between its neighbours; tried again while nothing changed.</summary>
    public CriticalGenes Mutated(double probability, int low, int high, IDraws draws)
    {
        var v = Upper.ToArray();
        for (var attempt = 0; attempt < MutationTries && v.AsSpan().SequenceEqual(Upper.AsSpan()); attempt++)
        {
            for (var i = 0; i < v.Length; i++)
            {
                if (draws.NextDouble() < probability)
                {
                    var from = i == 0 ? low : v[i - 1];
                    var to = i == v.Length - 1 ? high : v[i + 1];
                    v[i] = from + draws.NextInt(to - from + 1);
                }
            }
        }

        return this with { Upper = [.. v] };
    }

    /// <summary>With factors of another one of the same critical pair; null where the two do not cross in order, or are equal.</summary>
    public CriticalGenes? Crossed(CriticalGenes other, double probability, IDraws draws)
    {
        if (other.Critical != Critical || other.Upper.AsSpan().SequenceEqual(Upper.AsSpan()))
        {
            return null;
        }

        for (var attempt = 0; attempt < Operators.CrossoverTries; attempt++)
        {
            var v = Upper.Select((h, i) => draws.NextDouble() < probability ? other.Upper[i] : h).ToImmutableArray();
            if (!v.AsSpan().SequenceEqual(Upper.AsSpan()) && !v.AsSpan().SequenceEqual(other.Upper.AsSpan()) && v.Zip(v.Skip(1)).All(p => p.First <= p.Second))
            {
                return this with { Upper = v };
            }
        }

        return null;
    }
}
