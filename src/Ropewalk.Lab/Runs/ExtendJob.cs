using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <summary>The main job: measure the window, search longer factors, prove the gain on text that the search never saw, export, and read the export back.</summary>
public sealed partial class ExtendJob
{
    /// <summary>Name of the search's result among the methods.</summary>
    public const string WinnerName = "longrope";

    /// <summary>Name of the baseline that slides the old window.</summary>
    public const string WindowName = MethodList.Window;

    private const string Kind = "extend";
    private const int DefaultFactor = 8;
    private const int DefaultStories = 16;
    private const int ShortWindowsPerWindow = 4;

    private readonly JobStart<ExtendOptions> _start;
    private readonly ExtendOptions _options;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly List<string> _notes = [];

    // Null where the config is not to say the encoding.
    private RopeConfigStyle? _style;

    /// <summary>Prepares the job.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks; the records so far stay readable.</param>
    public ExtendJob(ExtendOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(new JobStart<ExtendOptions>(Kind, options, reporter, time, stop), time)
    {
    }

    private ExtendJob(JobStart<ExtendOptions> start, TimeProvider time) =>
        (_start, _options, _reporter, _time, _stop) = (start, start.Options, start.Reporter, time, start.Stop);

    /// <summary>Prepares a job that was stopped; what it recorded is not measured again.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static ExtendJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        new(JobStart<ExtendOptions>.Resumed(Kind, folder, reporter, time, stop), time);

    /// <summary>What the job is going to do and how long that takes, as --json prints it after a dry run; null before <see cref="Run"/>.</summary>
    public object? Estimate { get; private set; }

    /// <summary>Runs the job.</summary>
    /// <returns>The result; null after a dry run.</returns>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ExtendResult? Run()
    {
        _start.PrepareOutput();
        using var model = JobModel.Load(_options.Model);
        var (original, tokenizer) = (model.Original, model.Tokenizer);
        CheckpointExporter.RequireReadable(_options.Model);
        var target = _options.TargetContext ?? original * DefaultFactor;
        RequireTarget(target, original);
        model.RequireStride(_options.WindowStride);
        var scale = (double)target / original;
        if (_options.AttentionFactor != "fit")
        {
            // Before anything takes time.
            _ = AttentionFactor(_options.AttentionFactor, scale, original, allowFit: true);
        }

        _style = _options.Target == ExportTarget.HuggingFace ? StyleOf(_options.Model, _options.ConfigStyle) : null;
        RequireWritableAttention(model.Model, _style, _options.AttentionFactor, _options.Search);
        var (search, heldout) = PlanWindows(_options, tokenizer, target);
        if (search.Windows.Length < _options.Windows)
        {
            _notes.Add($"the text has {search.Windows.Length} search windows of {target} tokens; {_options.Windows} were asked for");
        }

        // An evaluator of its own: how often it runs depends on the machine, and the result tells how many tokens the job took.
        using var timing = new Evaluator(model.Model);
        var cost = CostModel.Measure(timing, search, original, _stop);
        var shortWindows = search.Cut(original, tokenizer.AddsBos, ShortWindowsPerWindow * search.Windows.Length);
        var plan = ExtendPlan.Make(_options, cost, CostModel.Counted(model.Model.Shape), search, heldout, shortWindows, original, target, _start.RecordedPlan<ExtendPlan>());
        var (settings, seconds) = (plan.Settings, plan.Seconds);
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        var runs = algorithm.Cost(settings, search.Windows.Length);
        Estimate = new
        {
            DryRun = true,
            Model = model.Model.Name,
            OriginalContext = original,
            TargetContext = target,
            Algorithm = algorithm.Name,
            settings.Population,
            settings.Iterations,
            CandidateRuns = runs,
            SearchWindows = search.Windows.Length,
            HeldoutWindows = heldout.Windows.Length,
            plan.WindowStride,
            Seconds = seconds,
            BudgetSeconds = _options.Budget?.TotalSeconds,
            Notes = _notes,
        };
        _reporter.Line(
            $"{_start.Prefix}{Display.Length(original)} to {Display.Length(target)} tokens: {algorithm.Name} search, about {runs:N0} runs of a candidate over one of {search.Windows.Length} windows, {heldout.Windows.Length} held-out windows; about {Display.Duration(seconds)} in all" +
            (_options.Budget is { } budget ? $" of a budget of {Display.Duration(budget.TotalSeconds)}" : ""));
        if (algorithm is EvolutionAlgorithm && settings.Evaluations < SearchSettings.PaperEvaluations)
        {
            _reporter.Line($"this is a smaller search than the paper's {SearchSettings.PaperEvaluations:N0} candidates; --budget, --population and --iterations change it");
        }

        if (_options.Budget is { } limit && seconds > limit.TotalSeconds)
        {
            _reporter.Line($"this plan takes about {Display.Duration(seconds)}, more than the budget of {Display.Duration(limit.TotalSeconds)}");
        }

        if (_options.DryRun)
        {
            return null;
        }

        return _start.Run(model, target, plan, records => Measure(records, model, plan, cost, search, shortWindows, heldout));
    }

    private ExtendResult Measure(RunFolder records, JobModel opened, ExtendPlan plan, CostModel cost, WindowSet search, WindowSet shortWindows, WindowSet heldout)
    {
        var (model, tokenizer, geometry, original, target) = (opened.Model, opened.Tokenizer, opened.Geometry, opened.Original, heldout.Length);
        var (settings, seconds) = (plan.Settings, plan.Seconds);
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        var scale = (double)target / original;
        var heldoutShort = heldout.Cut(original, tokenizer.AddsBos);
        var judged = SearchObjective.Windows(_options.Search.Objective, search, original, tokenizer, _options.Seed);
        using var evaluator = new Evaluator(model);
        var clock = new JobClock(cost, seconds, _reporter, () => evaluator.TokensEvaluated) { LongestWindow = target };
        evaluator.WindowDone = clock.WindowDone;
        records.WindowReplayed = clock.WindowReplayed;
        void Stage(string name)
        {
            clock.Stage = name;
            records.Telemetry("stage", new { name, seconds = clock.Elapsed, tokens = records.Tokens });
        }

        Stage("attention factor");
        var attention = ChooseAttentionFactors(algorithm, new ShortWindowCheck(evaluator, shortWindows, records, _stop), scale, original);

        // 1. The window as it is, and what the known methods make of it.
        var scorer = new HeldoutScorer(evaluator, tokenizer, heldout, _options.Seed, records);
        var shortScorer = new HeldoutScorer(evaluator, tokenizer, heldoutShort, _options.Seed, records);
        using var trainable = algorithm.NeedsGradients ? ModelGradients.Load(_options.Model) : null;
        var factorSearch = new FactorSearch(evaluator, geometry, search, attention.Smallest) { Judged = judged, Trainable = trainable };
        var baselines = MeasureBaselines(evaluator, records, scorer, shortScorer, factorSearch, model, original, target, plan.WindowStride, tokenizer.AddsBos, Stage);

        // 2. The search.
        Stage("search");
        var (winner, all) = FactorSearch.Run(
            algorithm,
            _options.Search.In(factorSearch.Problem(settings)) with
            {
                FixedTemperature = attention.Smallest.Equals(attention.Largest),
                SmallestAttention = attention.Smallest,
                LargestAttention = attention.Largest,
            },
            records.Evaluator("long", algorithm.Name, settings.Seed, factorSearch.Answers(_stop), (int)judged[0].NumTokens),
            new SearchProgress(clock).Add);

        // 3. The short window, under the one attention factor that both lists will have.
        Stage("short window");
        var shortSearch = new FactorSearch(evaluator, geometry, shortWindows, winner.Point.AttentionFactor) { Trainable = trainable };
        var (shortWinner, allShort) = FactorSearch.Run(
            algorithm, _options.Search.In(shortSearch.Problem(plan.ShortSettings)) with { FixedTemperature = true }, records.Evaluator("short", algorithm.Name, plan.ShortSettings.Seed, shortSearch.Answers(_stop), original));
        var scaling = new LongRopeScaling(geometry, [shortSearch.Entry(shortWinner.Point), factorSearch.Entry(winner.Point)]);

        Stage("held-out text");
        var results = Baselines.Lengths(original, target).Select(n => (n == original ? shortScorer : scorer).Measure(WinnerName, scaling.Spec, n, scaling.At(n), _stop)).ToList();
        var untouched = baselines.First(b => b.Method == "none" && b.Length == original);
        var shortLoss = (results[0].Perplexity.Value / untouched.Perplexity.Value) - 1;
        var differences = baselines.Where(b => b.Length == target).Select(b =>
        {
            var (difference, low, high) = scorer.BootstrapAt(target).Compare(b.Losses, results[^1].Losses);
            return (b.Method, difference, low, high);
        }).ToList();

        var result = new ExtendResult
        {
            Options = _options,
            Model = (model.Name, model.Architecture, model.NumParameters, model.Shape),
            Geometry = geometry,
            TargetContext = target,
            Settings = settings,
            Baselines = baselines,
            Winner = results,
            Differences = differences,
            Scaling = scaling,
            Best = winner,
            Searched = all,
            Evaluations = all.Count + allShort.Count,
            TokensEvaluated = records.Tokens,
            Seconds = clock.Elapsed,
            ShortLoss = shortLoss,
            Verdict = Verdict(results[^1], differences),
            Notes = _notes,
            Protocol = $"windows of n tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}; each token after a window's first scored once; longer windows begin where the longest do, at {Display.Length(original)} tokens the whole held-out text is cut; window: stride {plan.WindowStride}",
            BootstrapUnit = scorer.BootstrapAt(target).Unit,
            Heldout = heldout,
        };

        if (_options.PasskeyTrials > 0)
        {
            Stage("passkey");
            result = result with { Passkeys = PasskeyTrials.Run(model, tokenizer, scaling, _options, Baselines.Lengths(original, target), clock, _stop) };
            if (result.Passkeys is null)
            {
                _notes.Add($"no passkey prompt fits a window of {Display.Length(target)} tokens");
            }
        }

        // 4. The export, loaded again and measured again. What was found is recorded first: a disk without room for the weights has room for that.
        records.Result(ExtendRecord.Of(result));
        Stage("export");
        result = Export(result, model, scorer, evaluator);
        result = result with { Seconds = clock.Elapsed };

        // 5. The report.
        HtmlReport.Save(Path.Combine(_options.Out, "report.html"), ExtendReport.Of(result, _time.GetLocalNow()));
        records.Finish(ExtendRecord.Of(result));
        Stage("done");
        return result;
    }

    /// <summary>Bounds of the attention factor in the search: equal where it is not searched. What is searched goes up to what the old window bears,
    /// since both lists of the export share one.</summary>
    private (double Smallest, double Largest) ChooseAttentionFactors(ISearchAlgorithm algorithm, ShortWindowCheck check, double scale, int original)
    {
        if (!algorithm.SearchesAttention || _options.Search.FixedTemperature)
        {
            var factor = ChooseAttentionFactor(check, scale, original);
            return (factor, factor);
        }

        var largest = check.LargestFactor(SearchProblem.MostAttention, _options.MaximumShortLoss);
        _reporter.Line($"attention factor searched from 1 to {largest:0.####}: more would cost {100 * _options.MaximumShortLoss:0.##} % at {Display.Length(original)} tokens");
        return (1, largest);
    }

    /// <summary>The factor that is searched under and exported. What it costs at the old window is measured before the search begins, so that
    /// nobody waits for an export that will be refused.</summary>
    private double ChooseAttentionFactor(ShortWindowCheck check, double scale, int original)
    {
        var su = AttentionFactors.Su(scale, original);
        var allowed = _options.MaximumShortLoss;
        if (_options.AttentionFactor == "fit")
        {
            var fit = check.LargestFactor(su, allowed);
            _reporter.Line($"attention factor {fit:0.####}: the largest up to su ({su:0.####}) that costs clearly less than {100 * allowed:0.##} % at {Display.Length(original)} tokens");
            return fit;
        }

        var factor = AttentionFactor(_options.AttentionFactor, scale, original, allowFit: true);
        var loss = check.Loss(factor);
        if (loss > allowed)
        {
            _reporter.Line(
                $"warning: the attention factor {factor:0.####} alone costs {100 * loss:F2} % at {Display.Length(original)} tokens on the search text, more than --max-short-loss {100 * allowed:0.##} %: " +
                $"the export will probably be refused; --attention-factor {check.LargestFactor(su, allowed):0.####} would cost less");
        }

        return factor;
    }

    private List<MethodResult> MeasureBaselines(
        Evaluator evaluator, RunFolder records, HeldoutScorer scorer, HeldoutScorer shortScorer, FactorSearch search, LanguageModel model, int original, int target, int stride, bool keepFirst, Action<string> stage)
    {
        var results = new List<MethodResult>();
        var lengths = Baselines.Lengths(original, target);
        foreach (var length in lengths)
        {
            foreach (var (method, scaling) in Baselines.Published(model.Rope.Scaling, length, target))
            {
                stage($"{method} at {Display.Length(length)}");
                results.Add((length == original ? shortScorer : scorer).Measure(method, scaling.Spec, length, scaling.At(length), _stop));
            }
        }

        stage("tuning the baselines");
        var geometry = model.Rope.Geometry;
        var tuned = new List<(string Method, RopeScaling Scaling)>();
        if (geometry.RotaryDimension > 2)
        {
            tuned.Add(("ntk tuned", TunedBaselines.Ntk(search, records, geometry, target, _stop)));
        }

        tuned.Add(("yarn tuned", TunedBaselines.Yarn(search, records, geometry, target, _stop)));
        foreach (var (method, scaling) in tuned)
        {
            foreach (var length in lengths.Where(n => n > original))
            {
                stage($"{method} at {Display.Length(length)}");
                results.Add(scorer.Measure(method, scaling.Spec, length, scaling.At(length), _stop));
            }
        }

        // Each token is predicted from the same last L tokens whatever the window's length, so a shorter window is a prefix.
        stage("sliding the old window");
        var set = scorer.Set;
        var sliding = records.Losses(WindowName, set.Windows.Length, SlidingWindow.Cost(set, original, stride) / set.Windows.Length, (first, count) =>
            SlidingWindow.Losses(evaluator, set with { Windows = set.Windows.Slice(first, count) }, original, stride, keepFirst, model.Rope.Scaling.At(original), _stop));
        foreach (var length in lengths.Where(n => n > original))
        {
            results.Add(scorer.Result(WindowName, $"the last {original} tokens, stride {stride}", length, [.. sliding.Select(l => l[..(length - 1)])]));
        }

        return results;
    }
}
