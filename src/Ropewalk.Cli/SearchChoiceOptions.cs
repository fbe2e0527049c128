using System.CommandLine;
using System.Globalization;
using Ropewalk.Lab.EmbedderSearch;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>How to search: options of <c>search</c> and <c>extend</c>.</summary>
internal sealed class SearchChoiceOptions
{
    /// <summary>--algorithm.</summary>
    public Option<string> Algorithm { get; } = new("--algorithm")
    {
        HelpName = "NAME",
        Description = $"{string.Join(", ", SearchAlgorithms.All.Select(a => a.Name))} (docs/search.md).",
        DefaultValueFactory = _ => SearchAlgorithms.Default,
    };

    /// <summary>--objective.</summary>
    public Option<string> Objective { get; } = new("--objective")
    {
        HelpName = "NAME",
        Description = "What the search makes small: perplexity (of whole windows), tail (of their last quarter), needle (of the answer about a planted fact), mix (whole windows and windows of the old length, half and half; mix:0.3 gives these three tenths); search alone knows retrieval too (of an embedder, with --pairs).",
        DefaultValueFactory = _ => SearchObjective.Default,
    };

    /// <summary>--fixed-temperature.</summary>
    public Option<bool> FixedTemperature { get; } = new("--fixed-temperature") { Description = "Leave the attention factor as --attention-factor says." };

    /// <summary>--monotone.</summary>
    public Option<bool> Monotone { get; } = new("--monotone") { Description = "Let no rescale factor be below the one before it. evolution and critical always do so." };

    /// <summary>--race-level.</summary>
    public Option<double> RaceLevel { get; } = new("--race-level")
    {
        HelpName = "P",
        Description = "Level of the test that drops a candidate before it has run on every window, 0 for none. evolution drops none, critical only among numbers of start tokens.",
        DefaultValueFactory = _ => SearchProblem.DefaultRaceLevel,
    };

    /// <summary>What was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="givenAttention">What --attention-factor says, where it is given: then it is not searched.</param>
    /// <param name="allowRetrieval">Whether an embedder's objective may be asked for.</param>
    /// <exception cref="UserInputException">A name is unknown or the level no probability below one half.</exception>
    public SearchChoices Choices(ParseResult parsed, string? givenAttention, bool allowRetrieval = false) => new()
    {
        Algorithm = SearchAlgorithms.Named(parsed.GetValue(Algorithm)!).Name,
        Objective = parsed.GetValue(Objective) is { } name && (SearchObjective.IsKnown(name) || (allowRetrieval && name == EmbedderSearchOptions.Objective))
            ? name
            : throw SearchObjective.Unknown(parsed.GetValue(Objective)),
        FixedTemperature = parsed.GetValue(FixedTemperature) || givenAttention is not null,
        Monotone = parsed.GetValue(Monotone),
        RaceLevel = parsed.GetValue(RaceLevel) is >= 0 and < 0.5 and var level
            ? level
            : throw new UserInputException(string.Create(CultureInfo.InvariantCulture, $"--race-level: found {parsed.GetValue(RaceLevel)}, expected 0 to below 0.5")),
    };
}
