using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <summary>The search alone: best factors for one length, measured on held-out text and written to a file. Its records lie in a folder beside that
/// file, and continue it.</summary>
public sealed class SearchJob
{
    private const string Kind = "search";

    private readonly RunManifest _manifest;
    private readonly SearchOptions _options;
    private readonly string _out;
    private readonly string _folder;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    private SearchJob(RunManifest manifest, SearchOptions options, string factors, string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_manifest, _options, _out, _folder, _reporter, _time, _stop) = (manifest, options, factors, folder, reporter, time, stop);

    /// <summary>Prepares a search; all that can be refused is refused here.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="factors">File to write.</param>
    /// <param name="commandLine">The command as it was typed.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the search between chunks.</param>
    public static SearchJob Begin(SearchOptions options, string factors, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        OutputFolder.RequireFile(factors);
        options = options with
        {
            Model = JobPaths.Full(options.Model, "MODEL"),
            Texts = JobPaths.Full(options.Texts),
            Heldout = JobPaths.Full(options.Heldout),
        };
        _ = SearchAlgorithms.Named(options.Search.Algorithm);
        using var model = ModelLoader.Load(options.Model, options.Mapped);
        ExtendJob.RequireUnscaled(model, options.Model);
        var original = model.Rope.Geometry.OriginalContext;
        ExtendJob.RequireTarget(options.TargetContext, original);
        _ = ExtendJob.AttentionFactor(options.AttentionFactor, (double)options.TargetContext / original, original);
        var manifest = new RunManifest
        {
            Kind = Kind,
            CommandLine = commandLine,
            Started = time.GetUtcNow(),
            Model = model.Name,
            OriginalContext = original,
            TargetContext = options.TargetContext,
            Seed = options.Seed,
            Options = ResultJson.Element(options),
            Plan = ResultJson.Element(new { }),
            Output = Path.GetFullPath(factors),
            Inputs = InputHashes.Of(options.Model, options.Texts.Concat(options.Heldout).Where(File.Exists)),
        };
        return new SearchJob(manifest, options, factors, JobPaths.RecordsBeside(factors), reporter, time, stop);
    }

    /// <summary>Prepares a search that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the search between chunks.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static SearchJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var manifest = RunManifest.Read(folder);
        manifest.RequireThisVersion(folder, Kind);
        var options = manifest.Read<SearchOptions>(folder, "options", manifest.Options);
        manifest.RequireSameInputs(folder, options.Model, options.Texts.Concat(options.Heldout));
        return new SearchJob(manifest, options, manifest.Output ?? Path.Combine(folder, "factors.json"), folder, reporter, time, stop);
    }

    /// <summary>Runs the search.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public SearchResult Run()
    {
        using var model = JobModel.Load(_options.Model, _options.Mapped);
        var (geometry, tokenizer) = (model.Geometry, model.Tokenizer);
        var length = _options.TargetContext;
        var (searchSet, heldoutSet) = ExtendJob.PlanWindows(
            new ExtendOptions { Model = _options.Model, Out = _folder, Texts = _options.Texts, Heldout = _options.Heldout, Windows = _options.Windows, HeldoutWindows = _options.HeldoutWindows, Seed = _options.Seed },
            tokenizer,
            length);
        var scale = (double)length / geometry.OriginalContext;
        var settings = new SearchSettings
        {
            LargestHundredths = SearchSettings.PaperBound(scale),
            StartTokens = _options.Target == ExportTarget.Ropewalk ? SearchSettings.PaperStartTokens : [0],
            Seed = _options.Seed,
        }.Resized(_options.Population, _options.Iterations);
        using var evaluator = new Evaluator(model.Model);
        using var trainable = SearchAlgorithms.Named(_options.Search.Algorithm).NeedsGradients ? ModelGradients.Load(_options.Model) : null;
        var search = new FactorSearch(evaluator, geometry, searchSet, ExtendJob.AttentionFactor(_options.AttentionFactor, scale, geometry.OriginalContext))
        {
            Judged = SearchObjective.Windows(_options.Search.Objective, searchSet, geometry.OriginalContext, tokenizer, _options.Seed),
            Trainable = trainable,
        };
        var resume = ResumeCommand.Of(Kind, _folder);
        using var records = RunFolder.Open(_folder, _manifest, _time, resume);
        records.ReportOpened(_reporter);
        var clock = new JobClock(new CostModel(1, 0), ((double)SearchAlgorithms.Named(_options.Search.Algorithm).Cost(settings, searchSet.Windows.Length) * length) + heldoutSet.NumTokens, _reporter, () => evaluator.TokensEvaluated) { Stage = "search" };
        evaluator.WindowDone = clock.WindowDone;
        records.WindowReplayed = clock.WindowReplayed;
        return ResumableJob.Run(resume, _reporter, () => Run(records, search, settings, new HeldoutScorer(evaluator, tokenizer, heldoutSet, _options.Seed, records), clock, geometry, model.Model.Name));
    }

    private SearchResult Run(RunFolder records, FactorSearch search, SearchSettings settings, HeldoutScorer scorer, JobClock clock, RopeGeometry geometry, string model)
    {
        var length = _options.TargetContext;
        var problem = _options.Search.In(search.Problem(settings));
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        var progress = new SearchProgress(clock);
        var outcome = FactorSearch.Run(algorithm, problem, records.Evaluator("long", algorithm.Name, settings.Seed, search.Answers(_stop), (int)search.Judged[0].NumTokens), progress.Add);
        clock.Stage = "held-out text";
        var scaling = new LongRopeScaling(geometry, [search.Entry(outcome.Best.Point)]);
        var heldout = scorer.Measure(ExtendJob.WinnerName, scaling.Spec, length, scaling.At(length), _stop);
        var seeds = EvolutionAlgorithm.Seeds(problem).Zip(["linear", "ntk", "yarn"])
            .Select(s => (s.Second, outcome.Trials.FirstOrDefault(t => !t.Dropped && OnGrid(t.Point, problem).Equals(s.First))))
            .Where(s => s.Item2 is not null)
            .Select(s => (s.Second, s.Item2!))
            .ToList();
        var result = new SearchResult(model, geometry, length, algorithm.Name, outcome, heldout, seeds, records.Tokens, clock.Elapsed, _out, _folder);
        RopeFactorsFile.Write(_out, scaling, length);
        records.Finish(result.Record());
        return result;
    }

    private static Candidate OnGrid(SearchPoint point, SearchProblem problem) => Candidate.Nearest(point.RescaleFactors, problem.Settings.LargestHundredths);
}
