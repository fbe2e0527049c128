using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>The numbers of the search in section 3.2 of 2402.13753, whose defaults these are.</summary>
public sealed record SearchSettings
{
    /// <summary>Candidates of the paper's search: 64 + 40 (16 + 16).</summary>
    public const int PaperEvaluations = 1344;

    /// <summary>The paper's choices for the number of start tokens.</summary>
    public static ImmutableArray<int> PaperStartTokens { get; } = [0, 1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 64, 128, 256];

    /// <summary>Individuals, P.</summary>
    public int Population { get; init; } = 64;

    /// <summary>Iterations, T.</summary>
    public int Iterations { get; init; } = 40;

    /// <summary>Mutants of an iteration, N1.</summary>
    public int Mutations { get; init; } = 16;

    /// <summary>Crossovers of an iteration, N2.</summary>
    public int Crossovers { get; init; } = 16;

    /// <summary>Individuals kept as parents, k.</summary>
    public int Parents { get; init; } = 32;

    /// <summary>Probability that a gene changes, p.</summary>
    public double Probability { get; init; } = 0.3;

    /// <summary>Largest rescale factor in hundredths; the paper's bound is 1.25 s.</summary>
    public required int LargestHundredths { get; init; }

    /// <summary>Numbers of start tokens to choose from; a single 0 where the export cannot express another.</summary>
    public ImmutableArray<int> StartTokens { get; init; } = [0];

    /// <summary>Seed of every draw.</summary>
    public ulong Seed { get; init; }

    /// <summary>Candidates that the search evaluates: P + T (N1 + N2).</summary>
    public int Evaluations => Population + (Iterations * (Mutations + Crossovers));

    /// <summary>The same shape with another population: a quarter mutants, a quarter crossovers, half parents.</summary>
    public SearchSettings Resized(int population, int iterations) => this with
    {
        Population = population,
        Iterations = iterations,
        Mutations = Math.Max(1, population / 4),
        Crossovers = Math.Max(1, population / 4),
        Parents = Math.Max(2, population / 2),
    };

    /// <summary>The paper's bound 1.25 s on the grid.</summary>
    public static int PaperBound(double scale) => (int)Math.Round(1.25 * scale * Candidate.GridPerUnit);
}
