using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>The algorithms by name.</summary>
public static class SearchAlgorithms
{
    /// <summary>What is taken where nothing is said.</summary>
    public const string Default = "auto";

    /// <summary>All of them, the paper's first.</summary>
    public static IReadOnlyList<ISearchAlgorithm> All { get; } = [new EvolutionAlgorithm(), new CriticalSearch(), new BaseSearch(), new CmaSearch(), new GradientSearch(refines: false), new GradientSearch(refines: true), new AutoSearch()];

    /// <summary>The algorithm that --algorithm names.</summary>
    /// <exception cref="UserInputException">There is none of that name.</exception>
    public static ISearchAlgorithm Named(string name) => All.FirstOrDefault(a => a.Name == name)
        ?? throw new UserInputException($"--algorithm: found \"{name}\", expected one of {string.Join(", ", All.Select(a => a.Name))}");
}
