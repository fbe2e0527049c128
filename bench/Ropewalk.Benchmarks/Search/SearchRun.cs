using System.Text.Json;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Search;

namespace Ropewalk.Benchmarks.Search;

/// <summary>One algorithm on one case from one seed. Each new best point is also measured on the windows that the search does not see; what that
/// takes is not counted. Everything is kept in a folder.</summary>
internal static class SearchRun
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = false };

    /// <summary>Runs, goes on, or reads what is there.</summary>
    /// <param name="folder">Of this run.</param>
    /// <param name="case">Model and texts.</param>
    /// <param name="algorithm">Searches.</param>
    /// <param name="seed">Of windows and draws.</param>
    /// <param name="numWindows">Search windows.</param>
    /// <param name="evaluations">Size of the search, in passes over <paramref name="numWindows"/> windows; null for the algorithm's own.</param>
    /// <param name="validation">Whether to measure on the windows for choosing settings.</param>
    public static SearchRunResult Run(string folder, SearchCase @case, ISearchAlgorithm algorithm, ulong seed, int numWindows, int? evaluations, bool validation)
    {
        var finished = Path.Combine(folder, "result.json");
        if (File.Exists(finished))
        {
            return JsonSerializer.Deserialize<SearchRunResult>(File.ReadAllText(finished), s_json)!;
        }

        Directory.CreateDirectory(folder);
        var (search, measured) = @case.Windows(seed, numWindows, validation);
        using var model = ModelLoader.Load(@case.Folder);
        using var evaluator = new Evaluator(model);
        using var trainable = algorithm.NeedsGradients ? ModelGradients.Load(@case.Folder) : null;
        var factors = new FactorSearch(evaluator, model.Rope.Geometry, search, @case.AttentionFactor(model.Rope.Geometry)) { Trainable = trainable };
        using var answers = new AnswerFile(Path.Combine(folder, "answers.txt"), () => factors.Answers(CancellationToken.None), search.Windows.Length, search.Length);
        var settings = new SearchSettings { LargestHundredths = SearchSettings.PaperBound((double)@case.Length / model.Rope.Geometry.OriginalContext), Seed = seed };
        settings = evaluations is { } limit ? settings with { Iterations = Math.Max(0, (limit - settings.Population) / (settings.Mutations + settings.Crossovers)) } : settings;

        float[][] Measure(SearchPoint point) =>
            evaluator.Losses([.. measured.Windows.Select(w => w.Tokens)], ModelSearchEvaluator.Frequencies(model.Rope.Geometry, point, measured.Length));
        var known = new MeasuredFile(Path.Combine(folder, "measured.txt"));
        var steps = new List<SearchStep>();
        var outcome = FactorSearch.Run(algorithm, factors.Problem(settings), answers, batch =>
        {
            // Once a batch, so that a batch with many improvements does not cost as many measurements.
            var best = batch.Where(t => !t.Dropped).MinBy(t => t.Nll);
            if (best is not null && (steps.Count == 0 || best.Nll < steps[^1].SearchNll))
            {
                steps.Add(new SearchStep(answers.Tokens, best.Nll, known.Next(() => Measure(best.Point).Average(l => l.Average(x => (double)x)))));
            }
        });
        var losses = Measure(outcome.Best.Point);
        var interval = new Bootstrap(measured, 0).Measure(losses);
        var result = new SearchRunResult(
            @case.Name, algorithm.Name, seed, outcome.Trials.Count, answers.Tokens, answers.Seconds, outcome.Best.Nll, interval.Nll, interval.Low, interval.High,
            outcome.Best.Point.AttentionFactor, [.. outcome.Best.Point.RescaleFactors], [.. steps], SearchRunResult.ThisBuild);
        File.WriteAllText(finished, JsonSerializer.Serialize(result, s_json));
        return result;
    }
}
