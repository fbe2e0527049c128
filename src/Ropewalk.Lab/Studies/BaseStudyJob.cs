using System.Collections.Immutable;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Laws;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Studies;

/// <summary>The law of the base (2310.05209) on a model at hand: it is tuned with bases below, at and above the critical one, and measured far beyond the window
/// that it was tuned at. Each token is scored once in the longest windows: under a base, what a token is predicted with does not depend on what comes after it.</summary>
public sealed class BaseStudyJob
{
    /// <summary>The command, and the kind of its records.</summary>
    public const string Kind = "study base";

    private const string FigureName = "base.svg";
    private const int LongestFactor = 16;
    private readonly JobStart<BaseStudyOptions> _start;
    private readonly BaseStudyOptions _options;
    private readonly IJobReporter _reporter;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a study.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public BaseStudyJob(BaseStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(new JobStart<BaseStudyOptions>(Kind, options, reporter, time, stop))
    {
    }

    private BaseStudyJob(JobStart<BaseStudyOptions> start) => (_start, _options, _reporter, _stop) = (start, start.Options, start.Reporter, start.Stop);

    /// <summary>Prepares a study that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public static BaseStudyJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        new(JobStart<BaseStudyOptions>.Resumed(Kind, folder, reporter, time, stop));

    /// <summary>Runs it.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, a tuning diverged, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public BaseStudyResult Run()
    {
        _start.PrepareOutput();
        ModelTuning.RequireFolder(_options.Model);
        _options.Tuning.Checked();
        using var model = JobModel.Load(_options.Model);
        var geometry = model.Geometry;
        var tuneLength = _options.TuneLength ?? geometry.OriginalContext;
        if (tuneLength < geometry.OriginalContext)
        {
            throw new UserInputException($"--tune-length: found {tuneLength}, expected at least the model's window of {geometry.OriginalContext} tokens");
        }

        var longest = _options.Longest ?? LongestFactor * tuneLength;
        if (longest < 2 * tuneLength)
        {
            throw new UserInputException($"--longest: found {longest}, expected at least {2 * tuneLength}, twice the window that it is tuned at");
        }

        ImmutableArray<double> bases = _options.Bases.IsEmpty ? BasePrediction.Defaults(geometry, tuneLength) : [.. _options.Bases.Distinct().Order()];
        var predictions = bases.Select(b => BasePrediction.Of(geometry, tuneLength, b)).ToList();
        var texts = JobTexts.Read(_options.Texts, _options.Heldout, model.Tokenizer, longest, 1, _options.HeldoutWindows, _options.Tokens, _options.Seed);
        using var timing = new Evaluator(model.Model);
        var cost = CostModel.Measure(timing, texts.Heldout, geometry.OriginalContext, _stop);
        var tuning = bases.Length * TrainingCost.Measure(_options.Model, _options.Tuning.Adapters).Seconds(_options.Tokens, tuneLength);
        var measuring = (bases.Length + 1) * texts.Heldout.Windows.Length * cost.Seconds(longest);
        _reporter.Line($"{_start.Prefix}{bases.Length} bases tuned at {Display.Length(tuneLength)} tokens with {Display.Length(_options.Tokens)} each, measured to {Display.Length(longest)} on {texts.Heldout.Windows.Length} held-out windows; about {Display.Duration(tuning + measuring)} from its beginning");
        return _start.Run(model, longest, new { }, records => Measure(records, model, texts, tuneLength, predictions));
    }

    private BaseStudyResult Measure(RunFolder records, JobModel model, JobTexts texts, int tuneLength, IReadOnlyList<BasePrediction> predictions)
    {
        var geometry = model.Geometry;
        using var evaluator = new Evaluator(model.Model);
        var tunings = new JobTunings(_options, model, texts, records, _reporter, _stop);
        var scorer = new HeldoutScorer(evaluator, model.Tokenizer, texts.Heldout, _options.Seed, records);
        using var untouched = new OpenedModel(() => _options.Model);
        var rows = new List<BaseStudyRow>();
        var before = Row(records, scorer, untouched, "untouched", BasePrediction.Of(geometry, tuneLength, geometry.Base), geometry, tuneLength);
        foreach (var prediction in predictions)
        {
            var name = FormattableString.Invariant($"base-{prediction.Base:0.######}");
            using var tuned = tunings.Open(name, name, prediction.Base, _options.Tokens, tuneLength, new BaseScaling(geometry, prediction.Base));
            rows.Add(Row(records, scorer, tuned, name, prediction, geometry, tuneLength));
            var last = rows[^1];
            _reporter.Line($"base {prediction.Base:N0} ({prediction.Side.ToString().ToLowerInvariant()}): perplexity {last.ByLength[0].Perplexity.Value:F4} at {Display.Length(tuneLength)}, {last.ByLength[^1].Perplexity.Value:F4} at {Display.Length(last.ByLength[^1].Length)}; reaches {Display.Length(last.Reached)}, predicted {prediction.Limit:N0}");
        }

        var result = new BaseStudyResult
        {
            Model = model.Model.Name,
            Geometry = geometry,
            TuneLength = tuneLength,
            Tokens = _options.Tokens,
            CriticalBase = RopeLaws.CriticalBase(geometry, tuneLength),
            Untouched = before,
            Rows = rows,
            Protocol = $"windows of {Display.Length(texts.Heldout.Length)} tokens{(model.Tokenizer.AddsBos ? " with BOS in front" : "")}, each token after the first scored once; a length is their beginning; " +
                $"tuned at {Display.Length(tuneLength)} tokens: {(_options.Tuning.AdapterRank is { } rank ? $"LoRA of rank {rank}" : "all weights")}, rate {_options.Tuning.LearningRate}, {_options.Tuning.TokensOfStep} tokens a step",
            Bootstrap = scorer.BootstrapAt(texts.Heldout.Length).Unit,
            TokensEvaluated = records.Tokens,
        };
        SvgFile.Save(Path.Combine(_options.Out, FigureName), BaseStudyChart.Of(result));
        records.Finish(BaseStudyRecord.Of(result));
        return result;
    }

    private BaseStudyRow Row(RunFolder records, HeldoutScorer scorer, OpenedModel model, string name, BasePrediction prediction, RopeGeometry geometry, int tuneLength)
    {
        var set = scorer.Set;
        var scaling = new BaseScaling(geometry, prediction.Base);
        var losses = records.Losses(name, set.Windows.Length, set.Length, (first, count) =>
            model.Evaluator.Losses([.. set.Windows.AsSpan(first, count).ToArray().Select(w => w.Tokens)], scaling.At(set.Length), _stop));
        var lengths = Baselines.Lengths(tuneLength, set.Length);
        return new BaseStudyRow(
            prediction,
            [.. lengths.Select(n => scorer.Result(name, scaling.Spec, n, [.. losses.Select(l => l[..(n - 1)])]))],
            [.. lengths.Select(n => Math.Exp(losses.Average(l => l.AsSpan((n / 2) - 1, n - (n / 2)).ToArray().Average(x => (double)x))))]);
    }
}
