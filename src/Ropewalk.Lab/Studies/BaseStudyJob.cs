using System.Collections.Immutable;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
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
    private readonly BaseStudyOptions _options;
    private readonly RunManifest? _recorded;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a study.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public BaseStudyJob(BaseStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(null, options with { Model = Path.GetFullPath(options.Model), Texts = JobPaths.Full(options.Texts), Heldout = JobPaths.Full(options.Heldout) }, reporter, time, stop)
    {
    }

    private BaseStudyJob(RunManifest? recorded, BaseStudyOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_recorded, _options, _reporter, _time, _stop) = (recorded, options, reporter, time, stop);

    /// <summary>Prepares a study that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    public static BaseStudyJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var recorded = RunManifest.Read(folder);
        recorded.RequireThisVersion(folder, Kind);
        var options = recorded.Read<BaseStudyOptions>(folder, "options", recorded.Options) with { Out = JobPaths.OutputOf(folder), CommandLine = recorded.CommandLine };
        recorded.RequireSameInputs(folder, options.Model, options.Texts.Concat(options.Heldout));
        return new BaseStudyJob(recorded, options, reporter, time, stop);
    }

    /// <summary>Runs it.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, a tuning diverged, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public BaseStudyResult Run()
    {
        JobPaths.PrepareOutput(_options.Out, isNew: _recorded is null);
        ModelTuning.RequireFolder(_options.Model);
        _options.Tuning.Checked();
        using var model = ModelLoader.Load(_options.Model);
        ExtendJob.RequireUnscaled(model, _options.Model);
        var tokenizer = Tokenizer.Load(_options.Model);
        ExtendJob.RequireTokensInVocabulary(tokenizer, model, _options.Model);
        var geometry = model.Rope.Geometry;
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
        var texts = JobTexts.Read(_options.Texts, _options.Heldout, tokenizer, longest, 1, _options.HeldoutWindows, _options.Tokens, _options.Seed);
        using var timing = new Evaluator(model);
        var cost = CostModel.Measure(timing, texts.Heldout, geometry.OriginalContext, _stop);
        var tuning = bases.Length * TrainingCost.Measure(_options.Model, _options.Tuning.Adapters).Seconds(_options.Tokens, tuneLength);
        var measuring = (bases.Length + 1) * texts.Heldout.Windows.Length * cost.Seconds(longest);
        _reporter.Line($"{(_recorded is null ? "" : "continued: ")}{bases.Length} bases tuned at {Display.Length(tuneLength)} tokens with {Display.Length(_options.Tokens)} each, measured to {Display.Length(longest)} on {texts.Heldout.Windows.Length} held-out windows; about {Display.Duration(tuning + measuring)} from its beginning");

        var resume = ResumeCommand.Of(Kind, _options.Out);
        using var records = RunFolder.Open(Path.Combine(_options.Out, RunFolder.Name), _recorded ?? Manifest(model.Name, geometry.OriginalContext, longest), _time, resume);
        records.ReportOpened(_reporter);
        return ResumableJob.Run(resume, _reporter, () => Measure(records, model, tokenizer, texts, tuneLength, predictions));
    }

    private BaseStudyResult Measure(RunFolder records, LanguageModel model, Tokenizer tokenizer, JobTexts texts, int tuneLength, IReadOnlyList<BasePrediction> predictions)
    {
        var geometry = model.Rope.Geometry;
        using var evaluator = new Evaluator(model);
        var scorer = new HeldoutScorer(evaluator, tokenizer, texts.Heldout, _options.Seed, records);
        using var untouched = new OpenedModel(() => _options.Model);
        var rows = new List<BaseStudyRow>();
        var before = Row(records, scorer, untouched, "untouched", BasePrediction.Of(geometry, tuneLength, geometry.Base), geometry, tuneLength);
        foreach (var prediction in predictions)
        {
            var name = FormattableString.Invariant($"base-{prediction.Base:0.######}");
            var tuning = new ModelTuning
            {
                Source = _options.Model,
                Original = _options.Model,
                Scaling = new BaseScaling(geometry, prediction.Base),
                Length = tuneLength,
                Settings = _options.Tuning.At(tuneLength, _options.Tokens, _options.Seed),
                Adapters = _options.Tuning.Adapters,
                Documents = texts.Tuning,
                EndToken = ModelTuning.EndTokenOf(tokenizer, model.Shape.VocabularySize),
            };
            var folder = Path.Combine(_options.Out, "tuned", name);
            string Make() => tuning.Run(folder, new NamedReporter(_reporter, name), _stop);
            var recorded = records.Values($"tuned {name}", [prediction.Base], _options.Tokens, _ => ModelFingerprint.Numbers(Make()));
            using var tuned = new OpenedModel(() =>
            {
                var made = Make();
                ModelFingerprint.Require(made, recorded);
                return made;
            });
            rows.Add(Row(records, scorer, tuned, name, prediction, geometry, tuneLength));
            var last = rows[^1];
            _reporter.Line($"base {prediction.Base:N0} ({prediction.Side.ToString().ToLowerInvariant()}): perplexity {last.ByLength[0].Perplexity.Value:F4} at {Display.Length(tuneLength)}, {last.ByLength[^1].Perplexity.Value:F4} at {Display.Length(last.ByLength[^1].Length)}; reaches {Display.Length(last.Reached)}, predicted {prediction.Limit:N0}");
        }

        var result = new BaseStudyResult
        {
            Model = model.Name,
            Geometry = geometry,
            TuneLength = tuneLength,
            Tokens = _options.Tokens,
            CriticalBase = RopeLaws.CriticalBase(geometry, tuneLength),
            Untouched = before,
            Rows = rows,
            Protocol = $"windows of {Display.Length(texts.Heldout.Length)} tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}, each token after the first scored once; a length is their beginning; " +
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
