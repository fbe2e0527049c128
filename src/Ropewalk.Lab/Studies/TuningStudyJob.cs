using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
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
    private readonly TuningStudyOptions _options;
    private readonly RunManifest? _recorded;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a study.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public TuningStudyJob(TuningStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(null, options with { Model = Path.GetFullPath(options.Model), Texts = JobPaths.Full(options.Texts), Heldout = JobPaths.Full(options.Heldout) }, reporter, time, stop)
    {
    }

    private TuningStudyJob(RunManifest? recorded, TuningStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_recorded, _options, _reporter, _time, _stop) = (recorded, options, reporter, time, stop);

    /// <summary>Prepares a study that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public static TuningStudyJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var recorded = RunManifest.Read(folder);
        recorded.RequireThisVersion(folder, Kind);
        var options = recorded.Read<TuningStudyOptions>(folder, "options", recorded.Options) with { Out = JobPaths.OutputOf(folder), CommandLine = recorded.CommandLine };
        recorded.RequireSameInputs(folder, options.Model, options.Texts.Concat(options.Heldout));
        return new TuningStudyJob(recorded, options, reporter, time, stop);
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, a tuning diverged, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public TuningStudyResult Run()
    {
        JobPaths.PrepareOutput(_options.Out, isNew: _recorded is null);
        ModelTuning.RequireFolder(_options.Model);
        _options.Tuning.Checked();
        using var model = ModelLoader.Load(_options.Model);
        ExtendJob.RequireUnscaled(model, _options.Model);
        var tokenizer = Tokenizer.Load(_options.Model);
        ExtendJob.RequireTokensInVocabulary(tokenizer, model, _options.Model);
        var geometry = model.Rope.Geometry;
        var (lengths, longest) = (_options.Lengths, _options.Lengths[^1]);
        ExtendJob.RequireTarget(lengths[0], geometry.OriginalContext);
        if (_options.WindowStride > geometry.OriginalContext)
        {
            throw new UserInputException($"--window-stride: found {_options.WindowStride}, expected at most {geometry.OriginalContext}, the model's window");
        }

        var texts = JobTexts.Read(_options.Texts, _options.Heldout, tokenizer, longest, 1, _options.HeldoutWindows, _options.Tokens[^1], _options.Seed);
        foreach (var length in lengths)
        {
            // What no config can say is refused before anything takes time.
            _ = Tuning(length, _options.Tokens[^1], TunedEncoding.At(_options.Scaling, geometry, length), texts, tokenizer, model).Config();
        }

        Estimate(model, texts, geometry.OriginalContext);
        var resume = ResumeCommand.Of(Kind, _options.Out);
        using var records = RunFolder.Open(Path.Combine(_options.Out, RunFolder.Name), _recorded ?? Manifest(model.Name, geometry.OriginalContext, longest), _time, resume);
        records.ReportOpened(_reporter);
        return ResumableJob.Run(resume, _reporter, () => Measure(records, model, tokenizer, texts));
    }

    private TuningStudyResult Measure(RunFolder records, LanguageModel model, Tokenizer tokenizer, JobTexts texts)
    {
        var geometry = model.Rope.Geometry;
        using var evaluator = new Evaluator(model);
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
                using var extended = Tuned(records, $"{length}-{tokens}", Tuning(length, tokens, scaling, texts, tokenizer, model), tokens);
                var measured = scorer.Result("extended", scaling.Spec, length, Losses(records, $"{length} after {tokens}", set, scaling.At(length), extended));
                var atOriginal = shortBootstrap.Measure(Losses(records, $"{geometry.OriginalContext} after {tokens} at {length}", shortSet, scaling.At(geometry.OriginalContext), extended));
                var against = scorer.BootstrapAt(length).Compare(measured.Losses, window.Losses);
                var row = new TuningStudyRow(tokens, tokens == 0 ? 0 : _options.Tuning.At(length, tokens, _options.Seed).Steps, measured, atOriginal, against, null, null);
                rows.Add(_options.Control ? WithControl(row, records, scorer, texts, tokenizer, model, window) : row);
                _reporter.Line(Told(length, rows[^1]));
            }

            tables.Add(new TuningStudyTable(length, window, rows));
        }

        var result = new TuningStudyResult
        {
            Model = model.Name,
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

    private TuningStudyRow WithControl(TuningStudyRow row, RunFolder records, HeldoutScorer scorer, JobTexts texts, Tokenizer tokenizer, LanguageModel model, MethodResult window)
    {
        var (tokens, length, geometry) = (row.Tokens, scorer.Set.Length, model.Rope.Geometry);
        if (tokens == 0)
        {
            return row with { Control = window, AgainstControl = row.AgainstWindow };
        }

        // One model serves all lengths; only the first of them trains it.
        using var tuned = Tuned(records, $"{geometry.OriginalContext}-{tokens}", Tuning(geometry.OriginalContext, tokens, new NoScaling(geometry), texts, tokenizer, model), tokens, recordedAs: $"{geometry.OriginalContext}-{tokens} for {length}");
        var control = Sliding(records, scorer, $"window at {length} after {tokens}", () => tuned.Evaluator, tokenizer.AddsBos, geometry);
        return row with { Control = control, AgainstControl = scorer.BootstrapAt(length).Compare(row.Extended.Losses, control.Losses) };
    }

    /// <summary>A tuned model, made when it is first needed and recorded by its hash.</summary>
    private OpenedModel Tuned(RunFolder records, string name, ModelTuning tuning, long tokens, string? recordedAs = null)
    {
        if (tokens == 0)
        {
            return new OpenedModel(() => _options.Model);
        }

        var folder = Path.Combine(_options.Out, "tuned", name);
        string Make() => tuning.Run(folder, new NamedReporter(_reporter, name), _stop);
        var recorded = records.Values($"tuned {recordedAs ?? name}", [tokens], tokens, _ => ModelFingerprint.Numbers(Make()));
        return new OpenedModel(() =>
        {
            var made = Make();
            ModelFingerprint.Require(made, recorded);
            return made;
        });
    }

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

    private ModelTuning Tuning(int length, long tokens, RopeScaling scaling, JobTexts texts, Tokenizer tokenizer, LanguageModel model) => new()
    {
        Source = _options.Model,
        Original = _options.Model,
        Scaling = scaling,
        Length = length,
        Settings = _options.Tuning.At(length, tokens, _options.Seed),
        Adapters = _options.Tuning.Adapters,
        Documents = texts.Tuning,
        EndToken = ModelTuning.EndTokenOf(tokenizer, model.Shape.VocabularySize),
    };

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
        _reporter.Line($"{(_recorded is null ? "" : "continued: ")}{_options.Tokens.Length} numbers of tuning tokens at {_options.Lengths.Length} windows, {texts.Heldout.Windows.Length} held-out windows of {Display.Length(texts.Heldout.Length)} tokens; about {Display.Duration(seconds)} from its beginning");
    }

    private RunManifest Manifest(string model, int original, int longest) => new()
    {
        Kind = Kind,
        CommandLine = _options.CommandLine,
        Started = _time.GetUtcNow(),
        Model = model,
        OriginalContext = original,
        TargetContext = longest,
        Seed = _options.Seed,
        Options = ResultJson.Element(_options with { Out = "", CommandLine = "" }),
        Plan = ResultJson.Element(new { }),
        Inputs = InputHashes.Of(_options.Model, _options.Texts.Concat(_options.Heldout)),
    };
}
