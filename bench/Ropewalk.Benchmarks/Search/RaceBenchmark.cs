using System.Globalization;
using Ropewalk.Lab.Search;

namespace Ropewalk.Benchmarks.Search;

/// <summary>What a race would have saved and lost in searches that did not race: the paper's, as <see cref="SearchBenchmark"/> recorded them. Each
/// generation races against the best before it.</summary>
internal static class RaceBenchmark
{
    private static readonly double[] s_levels = [0.01, 0.05, 0.1, 0.3];

    /// <summary>Runs it.</summary>
    /// <param name="args">--folder PATH, that of the benchmark of searches.</param>
    public static int Run(string[] args)
    {
        var root = args is ["--folder", var folder] ? folder : Path.Combine("out", "search-bench");
        var searches = Directory.Exists(root)
            ? Directory.GetFiles(root, "answers.txt", SearchOption.AllDirectories).Where(f => new FileInfo(f).Directory?.Parent?.Name.StartsWith("evolution-", StringComparison.Ordinal) == true).Order(StringComparer.Ordinal).Select(Read).Where(s => s.Length > 0).ToList()
            : [];
        if (searches.Count == 0)
        {
            throw new FormatException($"{root}: found no recorded evolution, expected what \"bench search --algorithms evolution\" writes");
        }

        Console.WriteLine($"{searches.Count} recorded evolutions, {searches.Sum(s => s.Length)} candidates; better: than the best before its generation");
        Console.WriteLine($"{"level",6} {"better, dropped",16} {"windows run, %",15}");
        foreach (var level in s_levels)
        {
            var raced = searches.Select(s => Race(s, level)).ToList();
            Console.WriteLine(FormattableString.Invariant(
                $"{level,6} {$"{raced.Sum(r => r.Dropped)} of {raced.Sum(r => r.Better)}",16} {$"{100 * raced.Min(r => r.Share):F0} to {100 * raced.Max(r => r.Share):F0}",15}"));
        }

        return 0;
    }

    private static (int Better, int Dropped, double Share) Race(double[][] losses, double level)
    {
        var settings = new SearchSettings { LargestHundredths = Candidate.GridPerUnit };
        var evaluator = new Recorded(losses);
        var (better, dropped, ran) = (0, 0, 0);
        int? best = null;
        for (var first = 0; first < losses.Length;)
        {
            int[] generation = [.. Enumerable.Range(first, Math.Min(first == 0 ? settings.Population : settings.Mutations + settings.Crossovers, losses.Length - first))];
            var results = PairedRace.Run(evaluator, best is { } b ? Point(b) : null, [.. generation.Select(Point)], level);
            ran += results.Sum(r => r.Losses.Length);
            if (best is { } before)
            {
                int[] won = [.. generation.Where(i => Sum(losses[i]) < Sum(losses[before]))];
                better += won.Length;
                dropped += won.Count(i => results[i - first].Losses.Length < evaluator.NumWindows);
            }

            first += generation.Length;
            best = generation.Append(best ?? 0).MinBy(i => Sum(losses[i]));
        }

        return (better, dropped, (double)ran / losses.Length / evaluator.NumWindows);
    }

    private static double Sum(double[] losses) => losses.Sum() is var sum && double.IsNaN(sum) ? double.PositiveInfinity : sum;

    // What follows the last end of a line is being written.
    private static double[][] Read(string path) => [.. File.ReadAllText(path).Split('\n')[..^1].Select(l => l.Split(' ')[1..^1].Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToArray())];

    /// <summary>A number of a candidate as a point.</summary>
    private static SearchPoint Point(int candidate) => new([candidate], 0, 1);

    private sealed class Recorded(double[][] losses) : ISearchEvaluator
    {
        public int NumWindows => losses[0].Length;

        public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests) =>
            [.. requests.Select(r => losses[(int)r.Point.RescaleFactors[0]][r.FirstWindow..(r.FirstWindow + r.NumWindows)])];
    }
}
