using System.Collections.Immutable;

namespace Ropewalk.Lab.Search;

/// <summary>One point of the search space: a rescale factor for each pair, on the 0.01 grid, and the number of start tokens.
/// Factors are kept as whole hundredths, so two candidates are equal exactly when their factors are.</summary>
public sealed class Candidate : IEquatable<Candidate>
{
    /// <summary>Steps of the grid in 1.</summary>
    public const int GridPerUnit = 100;

    /// <summary>Creates a candidate.</summary>
    /// <param name="hundredths">100 lambda of each pair.</param>
    /// <param name="startTokens">n-hat.</param>
    public Candidate(ImmutableArray<int> hundredths, int startTokens)
    {
        Hundredths = hundredths;
        StartTokens = startTokens;
    }

    /// <summary>100 lambda of each pair.</summary>
    public ImmutableArray<int> Hundredths { get; }

    /// <summary>n-hat: positions before it keep lambda = 1.</summary>
    public int StartTokens { get; }

    /// <summary>lambda of each pair.</summary>
    public ImmutableArray<double> RescaleFactors => [.. Hundredths.Select(h => h / (double)GridPerUnit)];

    /// <summary>Whether no factor is smaller than the one before it.</summary>
    public bool IsMonotone
    {
        get
        {
            for (var i = 1; i < Hundredths.Length; i++)
            {
                if (Hundredths[i] < Hundredths[i - 1])
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The nearest point of the grid, within bounds.</summary>
    /// <param name="factors">lambda of each pair.</param>
    /// <param name="largest">Upper bound, in hundredths.</param>
    public static Candidate Nearest(IEnumerable<double> factors, int largest) =>
        new([.. factors.Select(f => Math.Clamp((int)Math.Round(f * GridPerUnit), GridPerUnit, largest))], 0);

    /// <inheritdoc />
    public bool Equals(Candidate? other) => other is not null && StartTokens == other.StartTokens && Hundredths.AsSpan().SequenceEqual(other.Hundredths.AsSpan());

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Candidate);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(StartTokens);
        foreach (var h in Hundredths)
        {
            hash.Add(h);
        }

        return hash.ToHashCode();
    }
}
