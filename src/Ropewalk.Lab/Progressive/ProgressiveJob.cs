using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Progressive;

/// <summary>LongRoPE's road: search, tune, search, tune, a last search without tuning, recovery of the old window, export. Everything measured is recorded, so a
/// job that was stopped anywhere goes on to the same bytes.</summary>
public sealed partial class ProgressiveJob
{
    /// <summary>Kind of its records; <c>extend</c> continues it.</summary>
    public const string Kind = "progressive";

    private readonly JobStart<ProgressiveOptions> _start;
    private readonly ProgressiveOptions _options;
    private readonly IJobReporter _reporter;
    private readonly CancellationToken _stop;

    // It judges only: a search whose bounds followed it would not be the one that is recorded.
    private readonly double _gate;
    private string? _continueFrom;
    private RopeConfigStyle _style;

    /// <summary>Prepares the job.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public ProgressiveJob(ProgressiveOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(new JobStart<ProgressiveOptions>(Kind, options, reporter, time, stop))
    {
    }

    private ProgressiveJob(JobStart<ProgressiveOptions> start, double? maximumShortLoss = null)
    {
        _start = start;
        _options = start.Options;
        _gate = maximumShortLoss ?? start.Options.MaximumShortLoss;
        (_reporter, _stop) = (start.Reporter, start.Stop);
    }

    /// <summary>Prepares a job that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="maximumShortLoss">Another gate than the one it began with; null for that one.</param>
    /// <param name="continueFrom">The folder that came back from outside; null for none.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static ProgressiveJob Resume(string folder, double? maximumShortLoss, string? continueFrom, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var start = JobStart<ProgressiveOptions>.Resumed(Kind, folder, reporter, time, stop);
        if (continueFrom is not null && !start.Options.TuneOutside)
        {
            throw new UserInputException($"--continue-from: found {continueFrom} for a run that tunes here, expected a run begun with --tune-outside");
        }

        return new ProgressiveJob(start, maximumShortLoss) { _continueFrom = continueFrom };
    }

    /// <summary>What the job is going to do and how long that takes, as --json prints it after a dry run; null before <see cref="Run"/>.</summary>
    public object? Estimate { get; private set; }

    /// <summary>Runs the job.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, a stage lost too much at L, a tuning diverged, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public ProgressiveOutcome Run()
    {
        _start.PrepareOutput();
        ModelTuning.RequireFolder(_options.Model);
        RequireOptions();
        using var model = JobModel.Load(_options.Model);
        CheckpointExporter.RequireReadable(_options.Model);
        ExtendJob.RequireTarget(_options.Tuned[0], model.Original);
        model.RequireStride(_options.WindowStride);
        foreach (var length in _options.Tuned.Append(_options.Longest))
        {
            _ = ExtendJob.AttentionFactor(_options.AttentionFactor, (double)length / model.Original, model.Original);
        }

        // The folder for a tuning outside has the keys that more programs read.
        _style = ExtendJob.StyleOf(_options.Model, _options.ConfigStyle);
        ExtendJob.RequireWritableAttention(model.Model, _options.TuneOutside ? ExtendJob.StyleOf(_options.Model, null) : _style, _options.AttentionFactor, _options.Search);
        var texts = JobTexts.Read(_options.Texts, _options.Heldout, model.Tokenizer, _options.Longest, _options.Windows, _options.HeldoutWindows, _options.Tokens.Max(), _options.Seed);
        RequireWritableStages(model, texts);
        var (cost, seconds) = EstimateSeconds(model.Model, texts, model.Original);
        if (_options.DryRun)
        {
            return new ProgressiveOutcome(null, null);
        }

        return _start.Run(model, _options.Longest, new { }, records =>
        {
            var tools = new RoadTools(_options, records, model, texts, _reporter, _stop);
            tools.Clock = new JobClock(cost, seconds, _reporter, () => tools.Tokens) { LongestWindow = _options.Longest };
            records.WindowReplayed = tools.Clock.WindowReplayed;
            try
            {
                return new ProgressiveOutcome(Roads(tools, model.Model), null);
            }
            catch (OutsideTuningException waiting)
            {
                return new ProgressiveOutcome(null, waiting.Work);
            }
        });
    }

    private ProgressiveResult Roads(RoadTools tools, LanguageModel model)
    {
        using var evaluator = tools.Evaluator(model);
        var methods = new List<MethodResult>();
        methods.AddRange(tools.Measure(evaluator, MethodList.None, MethodList.None, tools.Lengths, _ => new NoScaling(tools.Geometry)));
        methods.AddRange(tools.Sliding(evaluator, ExtendJob.WindowName));
        var untouched = methods[0].Perplexity;

        var road = new Road(tools, "stage", untouched);
        foreach (var (length, tokens) in _options.Tuned.Zip(_options.Tokens))
        {
            Tell(road.Stage(length, tokens, _options.TuneOutside ? (scaling, folder) => Outside(tools, road.Model, scaling, length, tokens, folder) : null), tools);
            Gate(road.Stages[^1], untouched);
        }

        if (_options.Then is { } then)
        {
            Tell(road.Stage(then, 0), tools);
        }

        var scaling = road.Recover();
        IReadOnlyList<MethodResult> result;
        using (var last = ModelLoader.Load(road.Model))
        {
            using var runs = tools.Evaluator(last);
            result = tools.Measure(runs, ResultName, ResultName, tools.Lengths, _ => scaling);
        }

        var final = road.Stages[^1] with { AtOriginal = result[0].Perplexity, ShortLoss = (result[0].Perplexity.Value / untouched.Value) - 1 };
        Gate(final, untouched);
        var direct = _options.Compare ? Compare(tools, untouched, methods) : [];
        methods.AddRange(result);
        var made = new ProgressiveResult
        {
            Options = _options,
            Model = model.Name,
            Geometry = tools.Geometry,
            Stages = road.Stages,
            Direct = direct,
            Scaling = scaling,
            Methods = methods,
            Differences = [.. methods.Except(result).Select(m =>
            {
                var (difference, low, high) = tools.BootstrapAt(m.Length).Compare(m.Losses, result.First(r => r.Length == m.Length).Losses);
                return (m.Method, m.Length, difference, low, high);
            })],
            ShortLoss = final.ShortLoss,
            Protocol = $"windows of n tokens{(tools.Tokenizer.AddsBos ? " with BOS in front" : "")}; each token after a window's first scored once; longer windows begin where the longest do, at {Display.Length(tools.Geometry.OriginalContext)} tokens the whole held-out text is cut; " +
                $"tuning: {(_options.TuneOutside ? "by another program" : _options.Tuning.AdapterRank is { } rank ? $"LoRA of rank {rank}" : "all weights")}, rate {_options.Tuning.LearningRate}, {_options.Tuning.TokensOfStep} tokens a step",
            Bootstrap = tools.BootstrapAt(_options.Longest).Unit,
            TokensEvaluated = tools.Records.Tokens,
        };
        made = Export(made, tools, model, road.Model);
        tools.Records.Finish(ProgressiveRecord.Of(made));
        return made;
    }

    private void Tell(StageResult stage, RoadTools tools) => _reporter.Line(
        $"{Display.Length(stage.Length)} tokens: searched {stage.Before[^1].Perplexity.Value:F4}{(stage.Tokens > 0 ? $", tuned with {Display.Length(stage.Tokens)} tokens {stage.After[^1].Perplexity.Value:F4}" : "")}; at {Display.Length(tools.Geometry.OriginalContext)} {stage.AtOriginal.Value:F4} ({100 * stage.ShortLoss:+0.00;-0.00} %)");

    private void Gate(StageResult stage, Perplexity untouched)
    {
        if (!(stage.ShortLoss <= _gate))
        {
            throw new UserInputException(
                $"--max-short-loss: found {100 * stage.ShortLoss:F2} % after the stage of {stage.Length} tokens (perplexity {stage.AtOriginal.Value:F4} at the old window, {untouched.Value:F4} untouched), expected at most {100 * _gate:0.##} %; nothing is lost, and this goes on: {_start.ResumeWith} --max-short-loss {Math.Ceiling(100 * stage.ShortLoss):0}%");
        }
    }

    private void RequireOptions()
    {
        _options.Tuning.Checked();
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        if (algorithm is CriticalSearch or BaseSearch)
        {
            throw new UserInputException($"--algorithm: found {algorithm.Name} with --progressive, expected one that starts from the factors before it: {string.Join(", ", SearchAlgorithms.All.Where(a => a is not (CriticalSearch or BaseSearch)).Select(a => a.Name))}");
        }

        if (_options.TuneOutside && (_options.Tuning.OriginalShare > 0 || _options.Compare))
        {
            throw new UserInputException($"--tune-outside: found it with {(_options.Compare ? "--compare, which tunes rivals here" : "--original-share, which no other trainer has")}, expected one of them");
        }
    }

    /// <summary>Writes a stage's config with plain factors before the first search: what it cannot say would stop the job after it.</summary>
    private void RequireWritableStages(JobModel model, JobTexts texts)
    {
        var length = _options.Tuned[0];
        var plain = new LongRopeScaling(model.Geometry, [new LongRopeEntry(length, [.. Enumerable.Repeat(1.0, model.Geometry.Pairs)], 1)]);
        _ = ModelTuning.Of(_options, model, texts, length, _options.Tokens[0], plain).Config();
    }

    private (CostModel Cost, double Seconds) EstimateSeconds(LanguageModel model, JobTexts texts, int original)
    {
        using var timing = new Evaluator(model);
        var cost = CostModel.Measure(timing, texts.Search, original, _stop);
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        var settings = new SearchSettings { LargestHundredths = 0 }.Resized(_options.Population, _options.Iterations);
        double Searching(int length) => algorithm.Cost(settings, _options.Windows) * cost.Seconds(length);
        var lengths = Baselines.Lengths(original, _options.Longest);
        double Measuring(int upTo) => texts.Heldout.Windows.Length * lengths.Where(n => n <= upTo).Sum(n => cost.Seconds(n));
        var stride = _options.WindowStride ?? Math.Max(1, original / 16);
        var measured = _options.Tuned.Sum(n => Searching(n) + (2 * Measuring(n))) + (_options.Then is { } then ? Searching(then) + Measuring(then) : 0) + Searching(original) +
            (2 * Measuring(_options.Longest)) + (SlidingWindow.Cost(texts.Heldout, original, stride) * cost.Seconds(original) / original);
        var (last, all) = (_options.Tuned[^1], _options.Tokens.Sum());
        var rivals = _options.Compare ? Searching(last) + (4 * Measuring(_options.Longest)) + (_options.Then is { } end ? Searching(end) : 0) : 0;
        var tuning = 0.0;
        if (!_options.TuneOutside)
        {
            var training = TrainingCost.Measure(_options.Model, _options.Tuning.Adapters);
            tuning = _options.Tuned.Zip(_options.Tokens).Sum(t => training.Seconds(t.Second, t.First)) + (_options.Compare ? 3 * training.Seconds(all, last) : 0);
        }

        Estimate = new
        {
            DryRun = true,
            Model = model.Name,
            OriginalContext = original,
            TargetContext = _options.Longest,
            Stages = _options.Tuned.Zip(_options.Tokens).Select(t => new { Length = t.First, TuneTokens = t.Second }),
            _options.Then,
            _options.Population,
            _options.Iterations,
            SearchWindows = _options.Windows,
            HeldoutWindows = texts.Heldout.Windows.Length,
            WindowStride = stride,
            _options.Compare,
            _options.TuneOutside,
            Seconds = measured + rivals + tuning,
            TuningSeconds = tuning,
        };
        var road = string.Join(", ", _options.Tuned.Zip(_options.Tokens).Select(t => $"{Display.Length(t.First)} (tuned with {Display.Length(t.Second)} tokens)"));
        _reporter.Line(
            $"{_start.Prefix}{Display.Length(original)} to {road}{(_options.Then is { } untuned ? $", then {Display.Length(untuned)} without tuning" : "")}; about {Display.Duration(measured + rivals + tuning)} from its beginning, {Display.Duration(tuning)} of it tuning" +
            (_options.Compare ? "; more than half of it for --compare" : "") + (_options.TuneOutside ? ", beside what the other program takes" : ""));
        return (cost, measured + rivals);
    }
}
