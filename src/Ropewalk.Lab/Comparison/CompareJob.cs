using System.Collections.Immutable;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Comparison;

/// <summary>Methods by lengths on held-out text: every method scores the same tokens, the model that slides its own window among them.</summary>
public sealed class CompareJob
{
    private const string Kind = "compare";
    private const int DefaultFactor = 8;

    // Below this a budget refuses instead: three windows say little about any method.
    private const int FewestWindows = 4;

    private readonly CompareOptions _options;
    private readonly CompareRecords? _records;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    /// <summary>Prepares a comparison, or the rest of one.</summary>
    /// <param name="options">What is asked; ignored where there are records.</param>
    /// <param name="records">What a stopped comparison in the folder of <paramref name="options"/> left, or null.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks; what was measured is kept.</param>
    public CompareJob(CompareOptions options, CompareRecords? records, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = records?.Run.Options(options.Out) ?? options with
        {
            Methods = [.. MethodList.WithFullPaths(options.Methods)],
            Factors = options.Factors is { } factors ? JobPaths.Full(factors, "--factors") : null,
        };
        _records = records;
        _reporter = reporter;
        _time = time;
        _stop = stop;
    }

    private static string Version => typeof(CompareJob).Assembly.GetName().Version!.ToString(3);

    /// <summary>What the job is going to do and how long that takes, as --json prints it after a dry run; null before <see cref="Run"/>.</summary>
    public object? Estimate { get; private set; }

    /// <summary>Runs it.</summary>
    /// <returns>The result; null after a dry run.</returns>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped after its records were begun.</exception>
    /// <exception cref="OperationCanceledException">It was stopped before.</exception>
    public CompareResult? Run()
    {
        if (_records is { } before)
        {
            before.Run.RequireSame(Version, Inputs, _options.Out);
        }
        else
        {
            JobPaths.PrepareOutput(_options.Out, isNew: true);
        }

        var started = _time.GetUtcNow();
        using var model = ModelLoader.Load(_options.Model);
        var tokenizer = Tokenizer.Load(_options.Model);
        ExtendJob.RequireTokensInVocabulary(tokenizer, model, _options.Model);
        var original = model.Rope.Geometry.OriginalContext;
        var target = _options.TargetContext ?? original * DefaultFactor;
        RequireMultiple(target, original);
        if (_options.WindowStride is { } wanted && wanted > original)
        {
            throw new UserInputException($"--window-stride: found {wanted}, expected at most {original}, the model's window");
        }

        var lengths = Baselines.Lengths(original, target);
        var methods = new CompareMethods(_options, model, lengths);
        var (search, heldout) = PlanWindows(_options, tokenizer, target);
        var first = tokenizer.AddsBos ? 1 : 0;
        var work = new CompareWork(methods, lengths, original, (target - first) / (original - first));
        var counted = CostModel.Counted(model.Shape);
        var stride = _options.WindowStride ?? work.Stride(counted);

        // An evaluator of its own, so that the speed that is shown is that of the comparison.
        using var timing = new Evaluator(model);
        var cost = CostModel.Measure(timing, heldout, original, _stop);
        var tuning = CompareWork.TuningSeconds(cost, methods.Tunings.Count(), search);
        double Seconds(int windows) => tuning + work.Seconds(cost, work.Steps(counted, windows, stride), stride);
        string? shrunk = null;
        if (_options.Budget is { } budget && Seconds(heldout.Windows.Length) > budget.TotalSeconds)
        {
            var fits = Fit(budget, heldout.Windows.Length, Seconds, methods.Families.Count, lengths.Count);
            shrunk = $"{fits} of {heldout.Windows.Length} held-out windows, because all would take about {Display.Duration(Seconds(heldout.Windows.Length))} of a budget of {Display.Duration(budget.TotalSeconds)}";
            heldout = PlanWindows(_options with { HeldoutWindows = fits }, tokenizer, target).Heldout;
        }

        var steps = work.Steps(counted, heldout.Windows.Length, stride);
        if (_records is null)
        {
            Estimate = new
            {
                DryRun = true,
                Model = model.Name,
                OriginalContext = original,
                TargetContext = target,
                Methods = methods.Families.Select(f => f.Name).Append(MethodList.Window),
                Lengths = lengths,
                HeldoutWindows = heldout.Windows.Length,
                WindowStride = stride,
                Seconds = Seconds(heldout.Windows.Length),
                BudgetSeconds = _options.Budget?.TotalSeconds,
                Shrunk = shrunk,
            };
            _reporter.Line(
                $"{methods.Families.Count} methods and the sliding window (stride {stride}) at {string.Join(", ", lengths.Select(n => Display.Length(n)))} tokens on {heldout.Windows.Length} held-out windows; about {Display.Duration(Seconds(heldout.Windows.Length))} in all");
            if (shrunk is not null)
            {
                _reporter.Line($"--budget: {shrunk}");
            }
        }

        if (_options.DryRun)
        {
            return null;
        }

        var run = _records?.Run ?? RunOf(target, stride, shrunk is null ? _options.HeldoutWindows : heldout.Windows.Length, shrunk, started);

        using var evaluator = new Evaluator(model);
        var measurer = new CompareMeasurer(evaluator, tokenizer, methods, lengths, heldout, run);
        var records = _records ?? CompareRecords.New(run);
        Restore(records, measurer, methods);
        var times = records.Times.ToList();
        var tunings = methods.Tunings.Where(f => records.Tuned.All(t => t.Method != f.Name)).ToList();
        var pending = steps.Where(s => !measurer.Has(s)).ToList();
        var planned = CompareWork.TuningSeconds(cost, tunings.Count, search) + work.Seconds(cost, pending, stride);
        if (_records is not null)
        {
            _reporter.Line($"{steps.Count - pending.Count} of {steps.Count} pieces are measured already; about {Display.Duration(planned)} for the rest");
        }

        using var folder = CompareFolder.Open(_options.Out, records);
        return ResumableJob.Run(ResumeCommand.Of(Kind, _options.Out), _reporter, () =>
        {
            var clock = new JobClock(cost, Math.Max(1e-3, planned), _reporter, () => evaluator.TokensEvaluated);
            evaluator.WindowDone = clock.WindowDone;
            var factors = new FactorSearch(evaluator, model.Rope.Geometry, search, 1);
            var tuned = records.Tuned.ToList();
            foreach (var family in tunings)
            {
                clock.Stage = $"tuning {family.Name}";
                var begun = clock.Elapsed;
                var found = new TunedMethod(family.Name, family.Tuning is MethodTuning.NtkAlpha
                    ? TunedBaselines.Ntk(factors, new DirectMeasurements(), model.Rope.Geometry, target, _stop).Spec
                    : TunedBaselines.Yarn(factors, new DirectMeasurements(), model.Rope.Geometry, target, _stop).Spec);
                methods.Tuned(found);
                tuned.Add(found);
                times.Add(new CompareTime(family.Name, 0, 0, clock.Elapsed - begun));
                folder.Add(found, times[^1]);
            }

            foreach (var step in pending)
            {
                clock.Stage = step.Family is null ? "sliding the old window" : $"{step.Method} at {Display.Length(step.Length)}";
                var begun = clock.Elapsed;
                var chunks = measurer.Measure(step, _stop);
                times.Add(new CompareTime(step.Method, step.Family is null ? 0 : step.Length, step.First, clock.Elapsed - begun));
                folder.Add(chunks, times[^1]);
                foreach (var chunk in chunks)
                {
                    measurer.Add(chunk);
                }
            }

            var result = new CompareResult
            {
                Run = run,
                Out = _options.Out,
                Model = (model.Name, model.Architecture, model.NumParameters, model.Shape),
                Geometry = model.Rope.Geometry,
                Methods = [.. methods.Families.Select(f => f.Name), MethodList.Window],
                Lengths = [.. lengths.Select(n => measurer.Result(n, steps))],
                ByPosition = measurer.ByPosition(steps),
                Tuned = tuned,
                Notes = [.. Notes(run, methods, search)],
                Protocol = $"windows of n tokens{(tokenizer.AddsBos ? " with BOS in front" : "")}; each token after a window's first scored once, the same tokens by every method; longer windows begin where the longest do, at {Display.Length(original)} tokens the whole held-out text is cut; window: the untouched model over the last {Display.Length(original)} tokens, stride {stride}",
                Times = times,
                Started = started,
                Seconds = clock.Elapsed,
            };
            folder.Result(CompareRecord.Of(result));
            HtmlReport.Save(Path.Combine(_options.Out, "report.html"), CompareReport.Of(result, _time.GetLocalNow()));
            return result;
        });
    }

    private static void RequireMultiple(int target, int original)
    {
        ExtendJob.RequireTarget(target, original);
        if (target % original != 0)
        {
            throw new UserInputException(
                $"--to: found {target}, expected a multiple of the model's window of {original} tokens, e.g. {(long)original * (target / original)} or {(long)original * ((target / original) + 1)}: at every length the same text is measured");
        }
    }

    private static (WindowSet Search, WindowSet Heldout) PlanWindows(CompareOptions options, Tokenizer tokenizer, int target) => ExtendJob.PlanWindows(
        new ExtendOptions { Model = options.Model, Out = options.Out, Texts = options.Texts, Heldout = options.Heldout, Windows = options.Windows, HeldoutWindows = options.HeldoutWindows, Seed = options.Seed },
        tokenizer,
        target);

    /// <summary>As many held-out windows as a budget allows.</summary>
    private static int Fit(TimeSpan budget, int windows, Func<int, double> seconds, int methods, int lengths)
    {
        for (var fits = windows - 1; fits >= FewestWindows; fits--)
        {
            if (seconds(fits) <= budget.TotalSeconds)
            {
                return fits;
            }
        }

        var fewest = Math.Min(windows, FewestWindows);
        throw new UserInputException(
            $"--budget: found {Display.Duration(budget.TotalSeconds)}, expected at least {Display.Duration(seconds(fewest))}, which {methods} methods at {lengths} lengths take on {fewest} held-out windows: fewer --methods, a smaller --to or a larger --window-stride takes less");
    }

    private static void Restore(CompareRecords records, CompareMeasurer measurer, CompareMethods methods)
    {
        foreach (var tuned in records.Tuned)
        {
            methods.Tuned(tuned);
        }

        foreach (var chunk in records.Chunks)
        {
            if (!measurer.Add(chunk))
            {
                throw new UserInputException($"--resume: found a record of {Printable.OneLine(chunk.Method)} at {chunk.Length} tokens that does not fit the comparison's windows, expected the records of this comparison");
            }
        }
    }

    private IEnumerable<string> Notes(CompareRun run, CompareMethods methods, WindowSet search)
    {
        foreach (var note in methods.Notes)
        {
            yield return note;
        }

        if (run.Shrunk is { } shrunk)
        {
            yield return $"--budget left {shrunk}";
        }

        if (methods.Tunings.Any() && search.Windows.Length < _options.Windows)
        {
            yield return $"the text has {search.Windows.Length} windows of {search.Length} tokens to tune on; {_options.Windows} were asked for";
        }
    }

    private CompareRun RunOf(int target, int stride, int heldoutWindows, string? shrunk, DateTimeOffset started) => new()
    {
        Version = Version,
        Model = Path.GetFullPath(_options.Model),
        TargetContext = target,
        Texts = Full(_options.Texts),
        Heldout = Full(_options.Heldout),
        Methods = _options.Methods,
        Factors = _options.Factors,
        Windows = _options.Windows,
        HeldoutWindows = heldoutWindows,
        WindowStride = stride,
        Seed = _options.Seed,
        Inputs = Inputs(),
        Shrunk = shrunk,
        CommandLine = _options.CommandLine,
        Started = started,
    };

    /// <summary>Hashes of all files that the figures depend on, by full path.</summary>
    private IReadOnlyDictionary<string, string> Inputs()
    {
        var factors = Full(MethodList.FactorsFiles(_options.Methods)).Concat(_options.Factors is { } file ? [file] : []).Distinct(StringComparer.Ordinal);
        return InputHashes.Of(Path.GetFullPath(_options.Model), [.. Full(_options.Texts), .. Full(_options.Heldout), .. factors]);
    }

    private static ImmutableArray<string> Full(IEnumerable<string> paths) => [.. paths.Select(p => Path.GetFullPath(p))];
}
