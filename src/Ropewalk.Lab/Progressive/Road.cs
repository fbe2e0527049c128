using System.Collections.Immutable;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <summary>One road to a longer window (2402.13753, section 3.3): search, tune, search from what was tuned, tune, ..., a last search without tuning, and a
/// search for windows of the old length on the model that came out.</summary>
/// <param name="tools">Texts, records, measurements.</param>
/// <param name="name">The road's name in records and folders.</param>
/// <param name="untouched">Perplexity at L of the untouched model.</param>
internal sealed class Road(RoadTools tools, string name, Perplexity untouched)
{
    // Of the loss that is allowed at L: leaves room for the difference between search text and held-out text.
    private const double Margin = 0.75;
    private const double AttentionStep = 0.05;

    private readonly List<StageResult> _stages = [];
    private string _model = tools.Options.Model;
    private SearchPoint? _before;
    private int _beforeLength;

    /// <summary>Stages so far.</summary>
    public IReadOnlyList<StageResult> Stages => _stages;

    /// <summary>Folder of the model as it is now.</summary>
    public string Model => _model;

    private ProgressiveOptions Options => tools.Options;

    private RopeGeometry Geometry => tools.Geometry;

    private ISearchAlgorithm Algorithm => SearchAlgorithms.Named(Options.Search.Algorithm);

    /// <summary>Searches a window.</summary>
    /// <param name="length">The window.</param>
    /// <param name="tokens">Tokens to tune with afterwards; 0 for none.</param>
    /// <param name="make">Tunes otherwise than here; null for here. It gets the encoding and the folder.</param>
    public StageResult Stage(int length, long tokens, Func<LongRopeScaling, string, string>? make = null)
    {
        var isTuned = tokens > 0;
        var label = $"{name}-{length}";
        var scope = new StageScope(tools, label);
        StageResult stage;
        string? tuned = null;
        using (var model = ModelLoader.Load(_model))
        {
            using var evaluator = tools.Evaluator(model);
            var found = Search(evaluator, length, isTuned, scope);
            var scaling = Scaling(length, found.Best.Point);
            var lengths = tools.Lengths.Where(n => n <= length);
            var before = tools.Measure(evaluator, name, $"{label} searched", lengths, _ => scaling);
            stage = new StageResult(length, tokens, found.Best, found.Trials.Count, before, before, [], before[0].Perplexity, 0);
            if (isTuned)
            {
                tuned = tools.Tuned(label, tools.Tuning(_model, scaling, length, tokens), tokens, make is null ? null : folder => make(scaling, folder));
            }
            else
            {
                stage = AtOriginal(stage, evaluator, scope);
            }
        }

        if (tuned is not null)
        {
            using var model = ModelLoader.Load(tuned);
            using var evaluator = tools.Evaluator(model);
            var scaling = Scaling(length, stage.Best.Point);
            stage = stage with { After = tools.Measure(evaluator, name, $"{label} tuned", tools.Lengths.Where(n => n <= length), _ => scaling) };
            stage = AtOriginal(stage, evaluator, scope);
            _model = tuned;
        }

        (_before, _beforeLength) = (stage.Best.Point, length);
        _stages.Add(stage);
        return stage;
    }

    /// <summary>The last search for windows of L: what the export's short list is.</summary>
    public LongRopeScaling Recover()
    {
        var label = $"{name}-short";
        tools.Stage($"{label}: search");
        using var model = ModelLoader.Load(_model);
        using var evaluator = tools.Evaluator(model);
        var last = _stages[^1];
        var attention = last.Best.Point.AttentionFactor;
        var ones = Enumerable.Repeat(1.0, Geometry.Pairs).ToImmutableArray();
        var starts = _stages.Where(s => s.Tokens > 0).Select(s => s.Best.Point.RescaleFactors).Prepend(ones).Select(f => new SearchPoint(f, 0, attention)).ToImmutableArray();
        var largest = starts.Max(s => s.RescaleFactors.Max());
        using var trainable = Algorithm.NeedsGradients ? ModelGradients.Load(_model) : null;
        var search = new FactorSearch(evaluator, Geometry, tools.SearchShort, attention) { Trainable = trainable };
        var settings = Settings(1).Resized(Math.Max(8, Options.Population / 2), Options.Iterations / 2) with { LargestHundredths = (int)Math.Ceiling(largest * Candidate.GridPerUnit), Seed = Options.Seed + 1 };
        var problem = Options.Search.In(search.Problem(settings)) with { FixedTemperature = true, LargestFactor = largest, Starts = starts };
        var (best, _) = FactorSearch.Run(Algorithm, problem, tools.Records.Evaluator(label, Algorithm.Name, settings.Seed, search.Answers(tools.Stop), Geometry.OriginalContext));
        return new LongRopeScaling(Geometry, [search.Entry(best.Point), new LongRopeEntry(last.Length, last.Best.Point.RescaleFactors, attention)]);
    }

    /// <summary>What a point is for all lengths.</summary>
    private LongRopeScaling Scaling(int length, SearchPoint point) => new(Geometry, [new LongRopeEntry(length, point.RescaleFactors, point.AttentionFactor)]);

    private SearchSettings Settings(double scale) =>
        new SearchSettings { LargestHundredths = SearchSettings.PaperBound(scale), Seed = Options.Seed }.Resized(Options.Population, Options.Iterations);

    private SearchOutcome Search(Evaluator evaluator, int length, bool isTuned, StageScope scope)
    {
        var scale = (double)length / Geometry.OriginalContext;
        var windows = tools.SearchAt(length);
        var policy = ExtendJob.AttentionFactor(Options.AttentionFactor, scale, Geometry.OriginalContext);
        using var trainable = Algorithm.NeedsGradients ? ModelGradients.Load(_model) : null;
        var search = new FactorSearch(evaluator, Geometry, windows, policy)
        {
            Judged = SearchObjective.Windows(Options.Search.Objective, windows, Geometry.OriginalContext, tools.Tokenizer, Options.Seed),
            Trainable = trainable,
        };
        var settings = Settings(scale);
        var isFixed = !Algorithm.SearchesAttention || Options.Search.FixedTemperature;

        // A tuning makes the old window used to any attention factor; without one, that window sets a bound.
        var problem = Options.Search.In(search.Problem(settings)) with
        {
            FixedTemperature = isFixed,
            SmallestAttention = 1,
            LargestAttention = isFixed || isTuned || _before is null ? SearchProblem.MostAttention : LargestAttention(evaluator, scope),
        };
        problem = _before is { } before ? problem with { Starts = StartPoints.From(before, _beforeLength, problem) } : problem;
        scope.Stage("search");
        var progress = tools.Clock is { } clock ? new SearchProgress(clock).Add : (Action<IReadOnlyList<Trial>>?)null;
        return FactorSearch.Run(Algorithm, problem, tools.Records.Evaluator($"{name} to {length}", Algorithm.Name, settings.Seed, search.Answers(tools.Stop), (int)search.Judged[0].NumTokens), progress);
    }

    /// <summary>The largest attention factor, from that of the tuning on, that costs at most three quarters of what is allowed at L.</summary>
    private double LargestAttention(Evaluator evaluator, StageScope scope)
    {
        var tuned = _before!.AttentionFactor;
        var lists = _stages.Where(s => s.Tokens > 0).Select(s => s.Best.Point.RescaleFactors).Prepend([.. Enumerable.Repeat(1.0, Geometry.Pairs)]).ToArray();
        double[] factors = [.. Enumerable.Range(0, 1 + (int)Math.Max(0, Math.Floor((SearchProblem.MostAttention - tuned) / AttentionStep))).Select(i => tuned + (i * AttentionStep))];
        var losses = scope.Values("old window by attention factor", factors, tools.SearchShort.NumTokens * lists.Length, _ => [.. factors.Select(a => lists.Select(l => ShortLoss(evaluator, l, a)).Min())]);
        return factors.Zip(losses).TakeWhile(f => Math.Exp(f.Second - losses[0]) - 1 <= Margin * Options.MaximumShortLoss).Last().First;
    }

    /// <summary>Perplexity at L under the better of the plain factors and the stage's own, chosen on search windows.</summary>
    private StageResult AtOriginal(StageResult stage, Evaluator evaluator, StageScope scope)
    {
        scope.Stage("old window");
        var attention = stage.Best.Point.AttentionFactor;
        ImmutableArray<double>[] lists = [[.. Enumerable.Repeat(1.0, Geometry.Pairs)], stage.Best.Point.RescaleFactors];
        var losses = scope.Values("old window under plain factors and its own", [0, 1], tools.SearchShort.NumTokens, _ => [.. lists.Select(l => ShortLoss(evaluator, l, attention))]);
        var chosen = losses[0] <= losses[1] ? lists[0] : lists[1];
        var scaling = Scaling(Geometry.OriginalContext, new SearchPoint(chosen, 0, attention));
        var measured = tools.Measure(evaluator, name, scope.Label + " at the old window", [Geometry.OriginalContext], _ => scaling)[0].Perplexity;
        return stage with { ShortFactors = chosen, AtOriginal = measured, ShortLoss = (measured.Value / untouched.Value) - 1 };
    }

    private double ShortLoss(Evaluator evaluator, ImmutableArray<double> factors, double attention)
    {
        var frequencies = Scaling(Geometry.OriginalContext, new SearchPoint(factors, 0, attention)).At(Geometry.OriginalContext);
        return evaluator.Losses([.. tools.SearchShort.Windows.Select(w => w.Tokens)], frequencies, tools.Stop).Average(l => l.Average(x => (double)x));
    }

    /// <summary>A stage's part of the records.</summary>
    private sealed class StageScope(RoadTools tools, string label)
    {
        public string Label => label;

        public void Stage(string what) => tools.Stage($"{label}: {what}");

        public double[] Values(string what, double[] arguments, long tokens, Func<double[], double[]> compute)
        {
            Stage(what);
            return tools.Records.Values($"{label}: {what}", arguments, tokens, compute);
        }
    }
}
