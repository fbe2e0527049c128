using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Studies;

/// <summary>Whether tuning a longer window pays, and from how many tokens on: perplexity of the extended model after each number of tuning tokens, beside
/// the original model that slides its own window over the very same tokens. Each number of tokens is a tuning of its own, with its own warm-up and
/// decay: a long one that is looked at in its middle is worse than one that was meant to end there.</summary>
public sealed class TuningStudyJob
{
    /// <summary>The command, and the kind of its records.</summary>
    public const string Kind = "study tuning";

    private const string FigureName = "tuning.svg";
    private readonly JobStart<TuningStudyOptions> _start;
    private readonly TuningStudyOptions _options;
    private readonly IJobReporter _reporter;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a study.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public TuningStudyJob(TuningStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(new JobStart<TuningStudyOptions>(Kind, options, reporter, time, stop))
    {
    }

    private TuningStudyJob(JobStart<TuningStudyOptions> start) => (_start, _options, _reporter, _stop) = (start, start.Options, start.Reporter, start.Stop);

    /// <summary>Prepares a study that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public static TuningStudyJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        new(JobStart<TuningStudyOptions>.Resumed(Kind, folder, reporter, time, stop));

    /// <summary>Runs it.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, a tuning diverged, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public TuningStudyResult Run()
    {
        _start.PrepareOutput();
        ModelTuning.RequireFolder(_options.Model);
        _options.Tuning.Checked();
        using var model = JobModel.Load(_options.Model);
        var geometry = model.Geometry;
        var (lengths, longest) = (_options.Lengths, _options.Lengths[^1]);
        ExtendJob.RequireTarget(lengths[0], geometry.OriginalContext);
        model.RequireStride(_options.WindowStride);
        var texts = JobTexts.Read(_options.Texts, _options.Heldout, model.Tokenizer, longest, 1, _options.HeldoutWindows, _options.Tokens[^1], _options.Seed);
        foreach (var length in lengths)
        {
            // What no config can say is refused before anything takes time.
            _ = ModelTuning.Of(_options, model, texts, length, _options.Tokens[^1], TunedEncoding.At(_options.Scaling, geometry, length)).Config();
        }

        Estimate(model.Model, texts, geometry.OriginalContext);
        return _start.Run(model, longest, new { }, records => Measure(records, model, texts));
    }

    private TuningStudyResult Measure(RunFolder records, JobModel model, JobTexts texts)
    {
        var (geometry, tokenizer) = (model.Geometry, model.Tokenizer);
        using var evaluator = new Evaluator(model.Model);
        var tunings = new JobTunings(_options, model, texts, records, _reporter, _stop);
        var tables = new List<TuningStudyTable>();
        var unit = "";
        foreach (var length in _options.Lengths)
        {
            var set = texts.Heldout.Cut(length, tokenizer.AddsBos);
            var scorer = new HeldoutScorer(evaluator, tokenizer, set, _options.Seed, records);
            var shortSet = texts.Heldout.Cut(geometry.OriginalContext, tokenizer.AddsBos);
            var shortBootstrap = new Bootstrap(shortSet, _options.Seed);
            unit = scorer.BootstrapAt(length).Unit;
            var scaling = TunedEncoding.At(_options.Scaling, geometry, length);
            var window = Sliding(records, scorer, $"window at {length}", () => evaluator, tokenizer.AddsBos, geometry);
            _reporter.Line($"{Display.Length(length)} tokens: the original sliding its window of {Display.Length(geometry.OriginalContext)}: perplexity {window.Perplexity.Value:F4}");
            var rows = new List<TuningStudyRow>();
            foreach (var tokens in _options.Tokens)
            {
                using var extended = Tuned(tunings, $"{length}-{tokens}", length, tokens, scaling);
                var measured = scorer.Result("extended", scaling.Spec, length, Losses(records, $"{length} after {tokens}", set, scaling.At(length), extended));
                var atOriginal = shortBootstrap.Measure(Losses(records, $"{geometry.OriginalContext} after {tokens} at {length}", shortSet, scaling.At(geometry.OriginalContext), extended));
                var against = scorer.BootstrapAt(length).Compare(measured.Losses, window.Losses);
                var row = new TuningStudyRow(tokens, tokens == 0 ? 0 : _options.Tuning.At(length, tokens, _options.Seed).Steps, measured, atOriginal, against, null, null);
                rows.Add(_options.Control ? WithControl(row, records, scorer, tunings, model, window) : row);
                _reporter.Line(Told(length, rows[^1]));
            }

            tables.Add(new TuningStudyTable(length, window, rows));
        }

        var result = new TuningStudyResult
        {
            Model = model.Model.Name,
            OriginalContext = geometry.OriginalContext,
            Scaling = _options.Scaling,
            Tables = tables,
            Protocol = $"all windows are cut from the same held-out text{(tokenizer.AddsBos ? ", BOS in front of each" : "")}; each token after a window's first scored once; window: stride {_options.WindowStride}; " +
                $"each number of tokens a tuning of its own: {(_options.Tuning.AdapterRank is { } rank ? $"LoRA of rank {rank}" : "all weights")}, rate {_options.Tuning.LearningRate}, {_options.Tuning.Schedule.ToString().ToLowerInvariant()}, {_options.Tuning.TokensOfStep} tokens a step",
            Bootstrap = unit,
            TokensEvaluated = records.Tokens,
        };
        SvgFile.Save(Path.Combine(_options.Out, FigureName), TuningStudyChart.Of(result));
        records.Finish(TuningStudyRecord.Of(result));
        return result;
    }

    private static string Told(int length, TuningStudyRow row) =>
        $"{Display.Length(length)} tokens, tuned with {Display.Length(row.Tokens)}: perplexity {row.Extended.Perplexity.Value:F4}, {row.AgainstWindow.Difference:+0.0000;-0.0000} nats against window (95 % {row.AgainstWindow.Low:+0.0000;-0.0000} .. {row.AgainstWindow.High:+0.0000;-0.0000})" +
        (row.AgainstControl is { } c ? $", {c.Difference:+0.0000;-0.0000} against window tuned as long ({c.Low:+0.0000;-0.0000} .. {c.High:+0.0000;-0.0000})" : "");

    private TuningStudyRow WithControl(TuningStudyRow row, RunFolder records, HeldoutScorer scorer, JobTunings tunings, JobModel model, MethodResult window)
    {
        var (tokens, length, geometry) = (row.Tokens, scorer.Set.Length, model.Geometry);
        if (tokens == 0)
        {
            return row with { Control = window, AgainstControl = row.AgainstWindow };
        }

        // One model serves all lengths; only the first of them trains it.
        using var tuned = Tuned(tunings, $"{geometry.OriginalContext}-{tokens}", geometry.OriginalContext, tokens, new NoScaling(geometry), recordedAs: $"{geometry.OriginalContext}-{tokens} for {length}");
        var control = Sliding(records, scorer, $"window at {length} after {tokens}", () => tuned.Evaluator, model.Tokenizer.AddsBos, geometry);
        return row with { Control = control, AgainstControl = scorer.BootstrapAt(length).Compare(row.Extended.Losses, control.Losses) };
    }

    private OpenedModel Tuned(JobTunings tunings, string name, int length, long tokens, RopeScaling scaling, string? recordedAs = null) => tokens == 0
        ? new OpenedModel(() => _options.Model)
        : tunings.Open(name, recordedAs ?? name, tokens, tokens, length, scaling);

    private float[][] Losses(RunFolder records, string name, WindowSet set, RopeFrequencies frequencies, OpenedModel model) =>
        records.Losses(name, set.Windows.Length, set.Length, (first, count) =>
            model.Evaluator.Losses([.. set.Windows.AsSpan(first, count).ToArray().Select(w => w.Tokens)], frequencies, _stop));

    private MethodResult Sliding(RunFolder records, HeldoutScorer scorer, string name, Func<Evaluator> evaluator, bool keepFirst, RopeGeometry geometry)
    {
        var (set, original) = (scorer.Set, geometry.OriginalContext);
        var losses = records.Losses(name, set.Windows.Length, SlidingWindow.Cost(set, original, _options.WindowStride) / set.Windows.Length, (first, count) =>
            SlidingWindow.Losses(evaluator(), set with { Windows = set.Windows.Slice(first, count) }, original, _options.WindowStride, keepFirst, new NoScaling(geometry).At(original), _stop));
        return scorer.Result(ExtendJob.WindowName, $"the last {original} tokens, stride {_options.WindowStride}", set.Length, losses);
    }

    private void Estimate(LanguageModel model, JobTexts texts, int original)
    {
        using var timing = new Evaluator(model);
        var cost = CostModel.Measure(timing, texts.Heldout, original, _stop);
        var training = TrainingCost.Measure(_options.Model, _options.Tuning.Adapters);
        var control = _options.Control ? 1 : 0;
        var seconds = _options.Tokens.Sum(t => (control * training.Seconds(t, original)) + _options.Lengths.Sum(n => training.Seconds(t, n)));
        var scored = (double)texts.Heldout.NumTokens;
        var sliding = _options.Lengths.Length * scored / _options.WindowStride * cost.Seconds(original);
        seconds += (sliding * (1 + (control * _options.Tokens.Length))) + (_options.Tokens.Length * scored * _options.Lengths.Sum(n => (cost.Seconds(n) / n) + (cost.Seconds(original) / original)));
        _reporter.Line($"{_start.Prefix}{_options.Tokens.Length} numbers of tuning tokens at {_options.Lengths.Length} windows, {texts.Heldout.Windows.Length} held-out windows of {Display.Length(texts.Heldout.Length)} tokens; about {Display.Duration(seconds)} from its beginning");
    }
}
