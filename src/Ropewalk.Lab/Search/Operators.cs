using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>Mutation and crossover under the constraint that factors do not decrease (2402.13753, section 3.2). The paper leaves open how the
/// constraint is kept; this follows the published code's dim_mono operators, whose traces replay through these methods draw by draw. Ours
/// differ where the paper does from that code: the bound is 1.25 s, and the number of start tokens is one more gene.</summary>
public static class Operators
{
    /// <summary>Passes of a crossover before it gives up.</summary>
    public const int CrossoverTries = 20;

    // A space with fewer points than the search asks for must not stop it: after so many passes a repetition is accepted.
    private const int MutationTries = 1000;

    /// <summary>Changes genes until the vector is new and monotone. Changes of earlier passes stay.</summary>
    /// <param name="parent">Where it starts.</param>
    /// <param name="seen">Every candidate so far.</param>
    /// <param name="settings">Bounds and probability.</param>
    /// <param name="draws">Random numbers.</param>
    public static Candidate Mutate(Candidate parent, IReadOnlySet<Candidate> seen, SearchSettings settings, IDraws draws)
    {
        var v = parent.Hundredths.ToArray();
        var startTokens = parent.StartTokens;
        for (var pass = 0; ; pass++)
        {
            for (var i = 0; i < v.Length; i++)
            {
                if (draws.NextDouble() >= settings.Probability)
                {
                    continue;
                }

                // Pair 0 stays below its neighbour, the last goes up to the bound, the others lie between their neighbours.
                var low = i == 0 ? Candidate.GridPerUnit : v[i - 1];
                var count = i == v.Length - 1 ? settings.LargestHundredths - low + 1 : i == 0 ? v[1] - low : v[i + 1] - low + 1;
                if (count > 0)
                {
                    v[i] = low + draws.NextInt(count);
                }
            }

            if (settings.StartTokens.Length > 1 && draws.NextDouble() < settings.Probability)
            {
                startTokens = settings.StartTokens[draws.NextInt(settings.StartTokens.Length)];
            }

            var child = new Candidate([.. v], startTokens);
            if (child.IsMonotone && (pass >= MutationTries || !seen.Contains(child)))
            {
                return child;
            }
        }
    }

    /// <summary>Copies genes of the worse parent into the better one until the vector is new and monotone.</summary>
    /// <param name="better">The parent with the lower perplexity.</param>
    /// <param name="worse">The other.</param>
    /// <param name="seen">Every candidate so far.</param>
    /// <param name="settings">Probability and start tokens.</param>
    /// <param name="draws">Random numbers.</param>
    /// <param name="tries">Passes.</param>
    /// <returns>The child, or null when the parents are equal or no pass made a new one.</returns>
    public static Candidate? Cross(Candidate better, Candidate worse, IReadOnlySet<Candidate> seen, SearchSettings settings, IDraws draws, int tries = CrossoverTries)
    {
        if (better.Equals(worse))
        {
            return null;
        }

        var v = better.Hundredths.ToArray();
        var startTokens = better.StartTokens;
        for (var pass = 0; pass < tries; pass++)
        {
            for (var i = 0; i < v.Length; i++)
            {
                if (draws.NextDouble() >= settings.Probability)
                {
                    continue;
                }

                if (draws.NextDouble() < 0.5)
                {
                    v[i] = worse.Hundredths[i];
                }

                if (New() is { } child)
                {
                    return child;
                }
            }

            if (settings.StartTokens.Length > 1 && draws.NextDouble() < settings.Probability)
            {
                startTokens = worse.StartTokens;
                if (New() is { } child)
                {
                    return child;
                }
            }
        }

        return null;

        Candidate? New()
        {
            var child = new Candidate(ImmutableArray.Create(v), startTokens);
            return child.IsMonotone && !seen.Contains(child) ? child : null;
        }
    }
}
