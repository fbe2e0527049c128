using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs;

/// <summary>How to search: what <c>search</c> and <c>extend</c> have in common.</summary>
public sealed record SearchChoices
{
    /// <summary>Name of the algorithm.</summary>
    public string Algorithm { get; init; } = SearchAlgorithms.Default;

    /// <summary>Name of what the search makes small.</summary>
    public string Objective { get; init; } = SearchObjective.Default;

    /// <summary>Whether the search leaves the attention factor as it is.</summary>
    public bool FixedTemperature { get; init; }

    /// <summary>Whether no rescale factor may be below the one before it.</summary>
    public bool Monotone { get; init; }

    /// <summary>Level of the tests that drop candidates.</summary>
    public double RaceLevel { get; init; } = SearchProblem.DefaultRaceLevel;

    /// <summary>A problem with these choices.</summary>
    public SearchProblem In(SearchProblem problem) => problem with { FixedTemperature = FixedTemperature, Monotone = Monotone, RaceLevel = RaceLevel };
}
