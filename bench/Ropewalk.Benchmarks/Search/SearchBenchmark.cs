using System.Globalization;
using Ropewalk.Lab.Search;

namespace Ropewalk.Benchmarks.Search;

/// <summary>All search algorithms from the same seeds: held-out perplexity, and the tokens that each needed to reach that of the paper's. The
/// answers are kept, so it may be stopped and spread over days.</summary>
internal static class SearchBenchmark
{
    private const string Paper = "evolution";
    private const int Windows = 4;

    /// <summary>Runs it.</summary>
    /// <param name="args">--cases a,b; --seeds N; --algorithms a,b; --evaluations N; --windows N; --folder PATH; --validation.</param>
    public static int Run(string[] args)
    {
        string? Text(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;
        int? Number(string name) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
        var cases = SearchCase.All.Where(c => Text("--cases")?.Split(',').Contains(c.Name) ?? true).ToList();

        // The paper's first: the others are compared with it.
        var algorithms = (Text("--algorithms")?.Split(',').Select(SearchAlgorithms.Named) ?? SearchAlgorithms.All).OrderBy(a => a.Name == Paper ? 0 : 1).ToList();
        var validation = args.Contains("--validation");
        var root = Text("--folder") ?? Path.Combine("out", validation ? "search-validation" : "search-bench");
        Console.WriteLine($"{(validation ? "validation" : "held-out")} perplexity with 95 % interval; gap: held-out less search loss, nats; to paper's: tokens until its final {(validation ? "validation" : "held-out")} perplexity; folder {root}");
        Console.WriteLine($"{"case",-17} {"algorithm",-12} {"seed",4} {"ppl",8} {"interval",19} {"gap",7} {"Mtokens",8} {"seconds",8} {"to paper's",11} {"share",6} {"attention",9}");
        foreach (var @case in cases)
        {
            for (var seed = 0UL; seed < (ulong)(Number("--seeds") ?? @case.Seeds); seed++)
            {
                double? paper = null;
                long paperTokens = 0;
                foreach (var algorithm in algorithms)
                {
                    var windows = Number("--windows") ?? Windows;
                    var folder = Path.Combine(root, @case.Name, $"{algorithm.Name}-{windows}w{Text("--evaluations")}", seed.ToString(CultureInfo.InvariantCulture));
                    var result = SearchRun.Run(folder, @case, algorithm, seed, windows, Number("--evaluations"), validation);
                    if (algorithm.Name == Paper)
                    {
                        (paper, paperTokens) = (result.HeldoutNll, result.Tokens);
                    }

                    var reached = paper is { } goal ? result.TokensTo(goal) : null;
                    Console.WriteLine(FormattableString.Invariant(
                        $"{@case.Name,-17} {algorithm.Name,-12} {seed,4} {Math.Exp(result.HeldoutNll),8:F4} {$"{result.Low:F4}..{result.High:F4}",19} {result.HeldoutNll - result.SearchNll,7:F3} {result.Tokens / 1e6,8:F2} {result.Seconds,8:F0} {(reached is { } t ? $"{t / 1e6:F3}M" : paper is null ? "" : "never"),11} {(reached is { } r ? $"{100.0 * r / paperTokens:F1}%" : ""),6} {result.AttentionFactor,9:F4}{(result.Build == SearchRunResult.ThisBuild ? "" : "  kept from another build")}"));
                }
            }
        }

        return 0;
    }
}
