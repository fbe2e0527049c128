using System.CommandLine;
using System.Globalization;
using Ropewalk.Lab.EmbedderSearch;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>ropewalk search --objective retrieval: factors for a rotary embedder.</summary>
internal sealed class SearchEmbedder
{
    private readonly Option<string?> _pairs = new("--pairs")
    {
        HelpName = "FILE",
        Description = $"With --objective {EmbedderSearchOptions.Objective}: a .jsonl file, an object with query and document a line. The last fifth measures the result and is not searched on. --windows is the number of groups in which queries are told from each other's documents. Default: 20 pairs for each group, made of --text as tune makes them.",
    };

    private readonly Option<double?> _recall = new("--recall-pairs") { HelpName = "X", Description = "Without --pairs: share of the pairs that are questions with the text that holds the answer; the others are spans of one passage. Default: 0.5." };

    private readonly Option<string?> _query = new("--query-prefix") { HelpName = "TEXT", Description = "Put before each query, of --pairs or made of --text, e.g. \"search_query: \"." };

    private readonly Option<string?> _document = new("--document-prefix") { HelpName = "TEXT", Description = "Put before each document, of --pairs or made of --text." };

    private readonly Option<string?> _pooling = EmbedderChoices.PoolingOption();

    /// <summary>The options that only embedders have.</summary>
    public IEnumerable<Option> All => [_pairs, _recall, _query, _document, _pooling];

    /// <summary>Whether it is asked for.</summary>
    /// <exception cref="UserInputException">Its options stand beside another objective.</exception>
    public bool IsAsked(ParseResult parsed, Option<string> objective)
    {
        if (parsed.GetValue(objective) == EmbedderSearchOptions.Objective)
        {
            return true;
        }

        return All.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } other
            ? throw new UserInputException($"{other.Name}: found it without --objective {EmbedderSearchOptions.Objective}, expected both")
            : false;
    }

    /// <summary>Makes the options from those that every search has.</summary>
    /// <exception cref="UserInputException">Something is missing, or is not an embedder's.</exception>
    public EmbedderSearchOptions OptionsOf(ParseResult parsed, SearchOptions common, params Option[] foreign)
    {
        if (Array.Find(foreign, o => parsed.GetResult(o) is { Implicit: false }) is { } other)
        {
            throw new UserInputException($"{other.Name}: found it with --objective {EmbedderSearchOptions.Objective}, expected it for language models alone");
        }

        var pairs = parsed.GetValue(_pairs);
        if ((pairs is null) == common.Texts.IsEmpty)
        {
            throw new UserInputException($"--pairs, --text: found {(pairs is null ? "neither" : "both")}, expected a .jsonl file of pairs or texts to make them of with --objective {EmbedderSearchOptions.Objective}");
        }

        if (pairs is not null && parsed.GetValue(_recall) is not null)
        {
            throw new UserInputException("--recall-pairs: found it with --pairs, expected texts, of which pairs are made");
        }

        var recall = parsed.GetValue(_recall) ?? 0.5;
        if (recall is not (>= 0 and <= 1))
        {
            throw new UserInputException($"--recall-pairs: found {recall}, expected a share from 0 to 1");
        }

        return new EmbedderSearchOptions
        {
            Model = common.Model,
            TargetContext = common.TargetContext,
            Pairs = pairs,
            Texts = common.Texts,
            RecallPairs = recall,
            QueryPrefix = parsed.GetValue(_query) ?? "",
            DocumentPrefix = parsed.GetValue(_document) ?? "",
            Pooling = EmbedderChoices.PoolingOf(parsed.GetValue(_pooling)),
            Search = common.Search,
            Population = common.Population,
            Iterations = common.Iterations,
            Windows = common.Windows,
            Seed = common.Seed,
            AttentionFactor = common.AttentionFactor,
        };
    }

    /// <summary>Runs a prepared search and tells what it found.</summary>
    public static int Run(TextWriter output, EmbedderSearchJob job, ConsoleReporter reporter, bool isJson)
    {
        EmbedderSearchResult result;
        try
        {
            result = job.Run();
        }
        finally
        {
            reporter.Clear();
        }

        if (isJson)
        {
            output.Write(ResultJson.Serialize(result.Printed()));
            return ExitCodes.Done;
        }

        var best = result.Outcome.Best;
        if (result.TextsCut > 0)
        {
            output.WriteLine($"{result.TextsCut:N0} of {2 * (result.SearchPairs + result.Heldout[0].Pairs):N0} texts were cut to {result.TargetContext:N0} tokens");
        }

        output.WriteLine($"contrastive loss on {result.SearchPairs:N0} pairs {Number(best.Nll)}");
        foreach (var method in result.Heldout)
        {
            output.WriteLine($"{method.Method}: recall@1 {Number(method.RecallAt1)} (95 % {Number(method.RecallAt1Interval[0])} .. {Number(method.RecallAt1Interval[1])}), recall@5 {Number(method.RecallAt5)}, loss {Number(method.Loss)} on {method.Pairs} held-out pairs");
        }

        output.WriteLine($"rescale factors: {string.Join(' ', best.Point.RescaleFactors.Select(f => $"{f:0.####}"))}; attention factor {best.Point.AttentionFactor:F4}");
        output.WriteLine($"{result.Outcome.Trials.Count:N0} candidates, {result.TokensEvaluated:N0} tokens in {Display.Duration(result.Seconds)}");
        output.WriteLine($"written: {result.Out}; records: {result.Folder}");
        return ExitCodes.Done;
    }

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
