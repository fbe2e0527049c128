using System.Collections.Immutable;
using System.Security.Cryptography;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <summary>The main job: measure the window, search longer factors, prove the gain on text that the search never saw, export, and read the export back.</summary>
public sealed class ExtendJob
{
    /// <summary>Name of the search's result among the methods.</summary>
    public const string WinnerName = "longrope";

    /// <summary>Name of the baseline that slides the old window.</summary>
    public const string WindowName = "window";

    private const int DefaultFactor = 8;
    private const int DefaultStories = 16;
    private const int ShortWindowsPerWindow = 4;

    private readonly ExtendOptions _options;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly List<string> _notes = [];

    /// <summary>Prepares the job.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks; the records so far stay readable.</param>
    public ExtendJob(ExtendOptions options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        _options = options;
        _reporter = reporter;
        _time = time;
        _stop = stop;
    }

    /// <summary>The attention factor that "su", "yarn" or a number stands for.</summary>
    /// <param name="policy">What the user gave.</param>
    /// <param name="scale">s = L'/L.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="allowFit">Whether "fit" is to be named among what is allowed; it is the caller's to handle.</param>
    /// <exception cref="UserInputException">It is none of them.</exception>
    public static double AttentionFactor(string policy, double scale, int originalContext, bool allowFit = false) => policy switch
    {
        "su" => AttentionFactors.Su(scale, originalContext),
        "yarn" => AttentionFactors.Yarn(scale),
        _ => double.TryParse(policy, out var value) && value is > 0 and < 100
            ? value
            : throw new UserInputException($"--attention-factor: found \"{policy}\", expected su, yarn{(allowFit ? ", fit" : "")} or a number above 0 and below 100"),
    };

    /// <summary>Refuses a model whose encoding is scaled already.</summary>
    public static void RequireUnscaled(LanguageModel model, string folder)
    {
        if (model.Rope.Scaling is not NoScaling)
        {
            throw new UnsupportedCheckpointException(
                Path.Combine(folder, "config.json"), "rope_scaling", $"extending a model that is scaled already (\"{model.Rope.Scaling.Name}\")", "models with plain rotary embedding");
        }
    }

    /// <summary>The texts of a job as search windows and held-out windows.</summary>
    public static (WindowSet Search, WindowSet Heldout) PlanWindows(ExtendOptions options, Tokenizer tokenizer, int targetContext)
    {
        RequireDisjoint(options);
        var begin = tokenizer.AddsBos ? tokenizer.BosToken : null;
        IReadOnlyList<TokenDocument> texts;
        IReadOnlyList<TokenDocument> heldout;
        if (options.Texts.IsEmpty)
        {
            // A story for each window, so that the bootstrap has documents; the held-out stories are another seed's.
            texts = DefaultTexts.Stories(tokenizer, options.Seed + 1, Math.Max(options.Windows, 1), targetContext);
            heldout = options.Heldout.IsEmpty
                ? DefaultTexts.Stories(tokenizer, options.Seed + 1_000_003, options.HeldoutWindows == 0 ? DefaultStories : options.HeldoutWindows, targetContext)
                : DefaultTexts.Read(options.Heldout, tokenizer, "--heldout");
        }
        else
        {
            texts = DefaultTexts.Read(options.Texts, tokenizer);
            heldout = DefaultTexts.Read(options.Heldout, tokenizer, "--heldout");
        }

        return WindowPlanner.Plan(texts, heldout, targetContext, options.Windows, options.HeldoutWindows, begin, new CounterRandom(options.Seed).Fork(2));
    }

    /// <summary>Runs the job.</summary>
    /// <returns>The result; null after a dry run.</returns>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public ExtendResult? Run()
    {
        OutputFolder.RequireEmpty(_options.Out);
        using var model = ModelLoader.Load(_options.Model);
        RequireUnscaled(model, _options.Model);
        var tokenizer = Tokenizer.Load(_options.Model);
        RequireTokensInVocabulary(tokenizer, model, _options.Model);
        var geometry = model.Rope.Geometry;
        var original = geometry.OriginalContext;
        var target = _options.TargetContext ?? original * DefaultFactor;
        RequireTarget(target, original);
        if (_options.WindowStride is { } stride && stride > original)
        {
            throw new UserInputException($"--window-stride: found {stride}, expected at most {original}, the model's window");
        }

        var scale = (double)target / original;
        if (_options.AttentionFactor != "fit")
        {
            // Before anything takes time.
            _ = AttentionFactor(_options.AttentionFactor, scale, original, allowFit: true);
        }

        var (search, heldout) = PlanWindows(_options, tokenizer, target);
        if (search.Windows.Length < _options.Windows)
        {
            _notes.Add($"the text has {search.Windows.Length} search windows of {target} tokens; {_options.Windows} were asked for");
        }

        using var evaluator = new Evaluator(model);

        // An evaluator of its own: how often it runs depends on the machine, and the result tells how many tokens the job took.
        using var timing = new Evaluator(model);
        var cost = CostModel.Measure(timing, search, original, _stop);
        var shortWindows = search.Cut(original, tokenizer.AddsBos, ShortWindowsPerWindow * search.Windows.Length);
        var heldoutShort = heldout.Cut(original, tokenizer.AddsBos);
        var plan = ExtendPlan.Make(_options, cost, CostModel.Counted(model.Shape), search, heldout, shortWindows, original, target);
        var (settings, seconds) = (plan.Settings, plan.Seconds);
        _reporter.Line(
            $"{Display.Length(original)} to {Display.Length(target)} tokens: {settings.Evaluations} candidates on {search.Windows.Length} search windows " +
            $"(population {settings.Population}, {settings.Iterations} iterations), {heldout.Windows.Length} held-out windows; about {Display.Duration(seconds)} in all" +
            (_options.Budget is { } budget ? $" of a budget of {Display.Duration(budget.TotalSeconds)}" : ""));
        if (settings.Evaluations < SearchSettings.PaperEvaluations)
        {
            _reporter.Line($"this is a smaller search than the paper's {SearchSettings.PaperEvaluations:N0} candidates; --budget, --population and --iterations change it");
        }

        if (_options.Budget is { } limit && seconds > limit.TotalSeconds)
        {
            _notes.Add($"this plan takes about {Display.Duration(seconds)}, more than the budget of {Display.Duration(limit.TotalSeconds)}");
            _reporter.Line(_notes[^1]);
        }

        if (_options.DryRun)
        {
            return null;
        }

        var attention = ChooseAttentionFactor(new ShortWindowCheck(evaluator, shortWindows, _stop), scale, original);
        using var records = new RunFolder(_options.Out, RunRecord(settings, target), _time);
        var clock = new JobClock(cost, seconds, _reporter, () => evaluator.TokensEvaluated);
        evaluator.WindowDone = clock.WindowDone;
        void Stage(string name)
        {
            clock.Stage = name;
            records.Telemetry("stage", new { name, seconds = clock.Elapsed, tokens = evaluator.TokensEvaluated });
        }

        // 1. The window as it is, and what the known methods make of it.
        var scorer = new HeldoutScorer(evaluator, tokenizer, heldout, _options.Seed);
        var shortScorer = new HeldoutScorer(evaluator, tokenizer, heldoutShort, _options.Seed);
        var factorSearch = new FactorSearch(evaluator, geometry, search, attention);
        var baselines = MeasureBaselines(evaluator, scorer, shortScorer, factorSearch, model, original, target, plan.WindowStride, tokenizer.AddsBos, Stage);

        // 2. The search.
        var best = double.PositiveInfinity;
        var evaluated = 0;
        Stage("search");
        var (winner, all) = FactorSearch.Run(
            new EvolutionAlgorithm(),
            factorSearch.Problem(settings),
            factorSearch.Answers(_stop),
            batch =>
            {
                records.Journal("long", batch);
                best = Math.Min(best, batch.Min(i => i.Perplexity));
                evaluated += batch.Count;
                clock.Stage = $"search {batch[0].Round + 1}/{settings.Iterations}, best {best:F4}, {evaluated:N0} evaluations";
            });

        // 3. The short window, under the one attention factor that both lists will have.
        Stage("short window");
        var shortSearch = new FactorSearch(evaluator, geometry, shortWindows, attention);
        var (shortWinner, allShort) = FactorSearch.Run(new EvolutionAlgorithm(), shortSearch.Problem(plan.ShortSettings), shortSearch.Answers(_stop), batch => records.Journal("short", batch));
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
            TokensEvaluated = evaluator.TokensEvaluated,
            Seconds = clock.Elapsed,
            ShortLoss = shortLoss,
            Verdict = Verdict(results[^1], differences),
            Notes = _notes,
            Protocol = $"windows of n tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}; each token after a window's first scored once; longer windows begin where the longest do, at {Display.Length(original)} tokens the whole held-out text is cut; window: stride {plan.WindowStride}",
            BootstrapUnit = scorer.BootstrapAt(target).Unit,
            Heldout = heldout,
        };

        // 4. The export, loaded again and measured again. What was found is recorded first: a disk without room for the weights has room for that.
        records.Result(ExtendRecord.Of(result));
        Stage("export");
        result = Export(result, model, scorer, evaluator);
        result = result with { TokensEvaluated = evaluator.TokensEvaluated, Seconds = clock.Elapsed };

        // 5. The report.
        records.Result(ExtendRecord.Of(result));
        HtmlReport.Save(Path.Combine(_options.Out, "report.html"), ExtendReport.Of(result, _time.GetLocalNow()));
        Stage("done");
        return result;
    }

    private static void RequireDisjoint(ExtendOptions options)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (option, path) in options.Texts.Select(t => ("--text", t)).Concat(options.Heldout.Select(h => ("--heldout", h))))
        {
            // An empty path is refused where it is read.
            if (path.Length == 0 || seen.TryAdd(Path.GetFullPath(path), option))
            {
                continue;
            }

            throw new UserInputException(option == seen[Path.GetFullPath(path)]
                ? $"{option}: found {path} twice, expected each text once"
                : $"--heldout: found {path}, which is given as --text too, expected a text that the search does not see");
        }
    }

    /// <summary>Refuses a target that is no extension.</summary>
    public static void RequireTarget(int target, int original)
    {
        if (target <= original)
        {
            throw new UserInputException($"--to: found {target}, expected more than the model's window of {original} tokens");
        }
    }

    /// <summary>Refuses a tokenizer that gives ids for which the model has no embedding.</summary>
    public static void RequireTokensInVocabulary(Tokenizer tokenizer, LanguageModel model, string folder)
    {
        if (tokenizer.VocabularySize > model.Shape.VocabularySize)
        {
            throw new CheckpointFormatException(
                Path.Combine(folder, "tokenizer.json"), "vocab", $"ids up to {tokenizer.VocabularySize - 1}", $"ids below the embedding's {model.Shape.VocabularySize} rows");
        }
    }

    private static string Verdict(MethodResult winner, List<(string Method, double Difference, double Low, double High)> differences)
    {
        var window = differences.FirstOrDefault(d => d.Method == WindowName);
        var others = differences.Where(d => d.Method != WindowName).OrderBy(d => d.Difference).ToList();
        var rival = others[0];
        var gain = rival.Low > 0
            ? $"perplexity {winner.Perplexity.Value:F3} at {Display.Length(winner.Length)} tokens, below every other scaling: {rival.Method}, the next, loses {rival.Difference:F4} nats a token more (95 % interval {rival.Low:F4} to {rival.High:F4})"
            : $"perplexity {winner.Perplexity.Value:F3} at {Display.Length(winner.Length)} tokens; no gain over {rival.Method} that the held-out text proves ({rival.Difference:F4} nats a token, 95 % interval {rival.Low:F4} to {rival.High:F4})";
        return window.Method is null ? gain
            : window.Difference <= 0 ? $"no gain over sliding the old window: {gain}"
            : window.Low <= 0 ? $"no proven gain over sliding the old window: {gain}"
            : $"{gain}; and below sliding the old window";
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
        Evaluator evaluator, HeldoutScorer scorer, HeldoutScorer shortScorer, FactorSearch search, LanguageModel model, int original, int target, int stride, bool keepFirst, Action<string> stage)
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
            tuned.Add(("ntk tuned", TunedBaselines.Ntk(search, geometry, target, _stop)));
        }

        tuned.Add(("yarn tuned", TunedBaselines.Yarn(search, geometry, target, _stop)));
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
        var sliding = SlidingWindow.Losses(evaluator, scorer.Set, original, stride, keepFirst, model.Rope.Scaling.At(original), _stop);
        foreach (var length in lengths.Where(n => n > original))
        {
            results.Add(scorer.Result(WindowName, $"the last {original} tokens, stride {stride}", length, [.. sliding.Select(l => l[..(length - 1)])]));
        }

        return results;
    }

    private ExtendResult Export(ExtendResult result, LanguageModel original, HeldoutScorer scorer, Evaluator evaluator)
    {
        if (result.ShortLoss > _options.MaximumShortLoss)
        {
            return result with
            {
                Refusal = $"export refused: at {original.Rope.Geometry.OriginalContext} tokens the perplexity would be {100 * result.ShortLoss:F2} % above the untouched model's, more than --max-short-loss {100 * _options.MaximumShortLoss:0.##} %: allow more, or search under a smaller --attention-factor",
            };
        }

        var style = _options.Target == ExportTarget.HuggingFace ? _options.ConfigStyle : (Ropewalk.Engine.Formats.HuggingFace.RopeConfigStyle?)null;
        var (files, notes) = CheckpointExporter.Write(_options.Model, _options.Out, result.Scaling, result.TargetContext, style);
        try
        {
            return Prove(result, original, scorer, evaluator, style, files, notes);
        }
        catch
        {
            // Stopped, or the disk is full: what was not read back and measured is no checkpoint.
            File.Delete(Path.Combine(_options.Out, AtomicFolder.CommitMarker));
            throw;
        }
    }

    /// <summary>Loads the export from disk and measures it again.</summary>
    private ExtendResult Prove(
        ExtendResult result, LanguageModel original, HeldoutScorer scorer, Evaluator evaluator, Engine.Formats.HuggingFace.RopeConfigStyle? style, IReadOnlyList<string> files, IReadOnlyList<string> notes)
    {
        using var loaded = ModelLoader.Load(_options.Out);
        var scaling = style is null ? RopeFactorsFile.Read(Path.Combine(_options.Out, CheckpointExporter.FactorsName), loaded.Rope.Geometry) : loaded.Rope.Scaling;
        var receipt = Receipt.Make(original, loaded, scaling, result.Geometry.OriginalContext, result.TargetContext);
        var windows = scorer.Set.Windows.Select(w => w.Tokens).ToArray();
        using var reader = new Evaluator(loaded) { WindowDone = evaluator.WindowDone };
        var again = reader.Losses(windows, scaling.At(result.TargetContext), _stop);
        var measured = scorer.Result(WinnerName, "", result.TargetContext, again).Perplexity.Nll;
        if (!measured.Equals(result.WinnerAtTarget.Perplexity.Nll) || !receipt.HasEffect)
        {
            File.Delete(Path.Combine(_options.Out, AtomicFolder.CommitMarker));
            return result with
            {
                Receipt = receipt,
                Refusal = receipt.HasEffect
                    ? $"the export read back from disk gives a loss of {measured} instead of {result.WinnerAtTarget.Perplexity.Nll} nats: its config.json was removed"
                    : "the export changes nothing: the frequencies or the probe's logits are the original's; its config.json was removed",
            };
        }

        var extended = result with { Receipt = receipt, Files = [.. files, "receipt.json", "report.html"], Notes = [.. result.Notes, .. notes] };
        AtomicFile.WriteAllText(Path.Combine(_options.Out, "receipt.json"), ResultJson.Serialize(ExtendRecord.Receipt(extended)));
        return extended;
    }

    private object RunRecord(SearchSettings settings, int target) => new
    {
        Version = typeof(ExtendJob).Assembly.GetName().Version?.ToString(3),
        _options.CommandLine,
        Started = _time.GetUtcNow(),
        Model = Path.GetFullPath(_options.Model),
        TargetContext = target,
        _options.Seed,
        settings.Population,
        settings.Iterations,
        settings.Mutations,
        settings.Crossovers,
        settings.Parents,
        settings.Probability,
        settings.LargestHundredths,
        StartTokens = settings.StartTokens,
        _options.AttentionFactor,
        Inputs = InputFiles().ToDictionary(p => p, Sha256),
    };

    private ImmutableArray<string> InputFiles() =>
        [.. ModelFiles(_options.Model), .. _options.Texts, .. _options.Heldout];

    private static IEnumerable<string> ModelFiles(string model) => File.Exists(model)
        ? [model]
        : [.. Directory.EnumerateFiles(model, "*.safetensors"), Path.Combine(model, "config.json"), .. Tokenizer.Files(model)];

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
