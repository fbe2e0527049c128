using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Studies;

/// <summary>LongEmbed's question on models at hand: which way to a longer window is best for which kind of positions. Each model, T and seed is a run of
/// LongEmbed with records of its own, so that what was measured is never measured again.</summary>
public sealed class EmbedderStudyJob
{
    /// <summary>The command, and the kind of its records.</summary>
    public const string Kind = "study embedders";

    /// <summary>Name of the figure.</summary>
    public const string FigureName = "embedders.svg";

    private const int MostSeeds = 1000;
    private readonly RunManifest? _recorded;
    private readonly EmbedderStudyOptions _options;
    private readonly string _out;
    private readonly string _commandLine;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    private EmbedderStudyJob(RunManifest? recorded, EmbedderStudyOptions options, string output, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_recorded, _options, _out, _commandLine, _reporter, _time, _stop) = (recorded, options, output, commandLine, reporter, time, stop);

    /// <summary>Prepares a study.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="output">Folder for all runs and the result, absent or empty.</param>
    /// <param name="commandLine">The command as it was typed.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    /// <exception cref="UserInputException">The folder cannot be used, or a number makes no sense.</exception>
    public static EmbedderStudyJob Begin(EmbedderStudyOptions options, string output, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        if (options.Seeds is < 1 or > MostSeeds)
        {
            throw new UserInputException($"--seeds: found {options.Seeds}, expected 1 to {MostSeeds}");
        }

        JobPaths.PrepareOutput(output, isNew: true);
        var full = options with
        {
            Models = JobPaths.Full(options.Models),
            Methods = [.. MethodList.WithFullPaths(options.Methods)],
            Data = options.Data is { } data ? JobPaths.Full(data, "--data") : null,
            Pairs = JobPaths.Full(options.Pairs),
            Factors = options.Factors.ToDictionary(f => f.Key, f => Path.GetFullPath(f.Value), StringComparer.Ordinal),
        };
        return new EmbedderStudyJob(null, full, output, commandLine, reporter, time, stop);
    }

    /// <summary>Prepares the rest of a study that was stopped.</summary>
    /// <param name="records">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    /// <exception cref="RunFolderException">There is no such study, or it was begun by another version or from other files.</exception>
    public static EmbedderStudyJob Resume(string records, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var manifest = RunManifest.Read(records);
        manifest.RequireThisVersion(records, Kind);
        var options = manifest.Read<EmbedderStudyOptions>(records, "options", manifest.Options);
        var output = JobPaths.OutputOf(records);
        foreach (var cell in Cells(options, output, out _))
        {
            manifest.RequireSameInputs(records, LongEmbedJob.ModelPath(cell.Options), LongEmbedJob.Files(cell.Options));
        }

        return new EmbedderStudyJob(manifest, options, output, manifest.CommandLine, reporter, time, stop);
    }

    /// <summary>What the study is going to do and how long that takes, as --json prints it after a dry run; null before <see cref="Run"/>.</summary>
    public object? Estimate { get; private set; }

    /// <summary>Runs it.</summary>
    /// <param name="isDryRun">Whether to stop after the estimate.</param>
    /// <returns>The result; null after a dry run.</returns>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public EmbedderStudyResult? Run(bool isDryRun = false)
    {
        var cells = Cells(_options, _out, out var models);
        var seconds = EstimateSeconds(cells, models);
        if (isDryRun)
        {
            return null;
        }

        var resume = ResumeCommand.Of(Kind, _out);
        using var records = RunFolder.Open(Path.Combine(_out, RunFolder.Name), _recorded ?? Manifest(cells, models), _time, resume);
        records.ReportOpened(_reporter);
        return ResumableJob.Run(resume, _reporter, () =>
        {
            try
            {
                return Measure(records, cells, models, seconds);
            }
            catch (RunStoppedException)
            {
                // A run names its own command; this one goes on with all of them.
                throw new RunStoppedException(resume);
            }
        });
    }

    private static IReadOnlyList<EmbedderStudyCell> Cells(EmbedderStudyOptions options, string output, out IReadOnlyList<EmbedderStudyModel> models) =>
        EmbedderStudyCell.All(options, models = EmbedderStudyModel.Read(options.Models), output);

    /// <summary>Seconds of each run that is not done yet; those of later seeds differ only in their texts, so one stands for them.</summary>
    private Dictionary<EmbedderStudyCell, double> EstimateSeconds(IReadOnlyList<EmbedderStudyCell> cells, IReadOnlyList<EmbedderStudyModel> models)
    {
        var plans = new List<(EmbedderStudyCell Cell, LongEmbedPlan Plan)>();
        foreach (var place in cells.Where(c => !c.IsDone).GroupBy(c => (c.Model.Name, c.Target)))
        {
            LongEmbedPlan? later = null;
            foreach (var cell in place)
            {
                _stop.ThrowIfCancellationRequested();
                var plan = later ?? LongEmbedJob.Begin(cell.Options, Path.Combine(_out, "estimate"), _commandLine, _reporter, _time, _stop).Plan();
                later = cell.Options.Seed == 0 ? null : plan;
                plans.Add((cell, plan));
            }
        }

        // The speed is timed with each plan, and other work on the machine makes it only worse.
        var speed = plans.GroupBy(p => p.Cell.Model.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Min(p => p.Plan.Seconds / p.Plan.Planned), StringComparer.Ordinal);
        var seconds = plans.ToDictionary(p => p.Cell, p => p.Plan.Planned * speed[p.Cell.Model.Name]);
        foreach (var place in plans.GroupBy(p => (p.Cell.Model.Name, p.Cell.Target)))
        {
            _reporter.Line($"{place.Key.Name} to {Display.Length(place.Key.Target)} tokens, {place.First().Plan.Methods.Count} methods: about {Display.Duration(place.Sum(p => seconds[p.Cell]))}");
        }

        Estimate = new
        {
            DryRun = true,
            Models = models.Select(m => new { m.Name, m.Positions, m.Window }),
            _options.Targets,
            _options.Seeds,
            Runs = plans.Count,
            Tokens = plans.Sum(p => p.Plan.Tokens),
            MultiplyAdds = plans.Sum(p => p.Plan.Planned),
            Seconds = seconds.Values.Sum(),
            Parts = plans.GroupBy(p => (p.Cell.Model.Name, p.Cell.Target)).Select(g => new
            {
                Model = g.Key.Name,
                TargetContext = g.Key.Target,
                Methods = g.First().Plan.Methods.Select(m => m.Name),
                Seconds = g.Sum(p => seconds[p.Cell]),
            }).ToList(),
        };
        _reporter.Line(
            $"{(_recorded is null ? "" : $"continued, {cells.Count - plans.Count} runs done: ")}{models.Count} models ({string.Join(", ", models.Select(m => $"{m.Name}: {m.Positions}, {Display.Length(m.Window)}"))}), windows of {string.Join(", ", _options.Targets.Select(t => Display.Length(t)))} tokens, {_options.Seeds} seeds: {plans.Count} runs, {plans.Sum(p => p.Plan.Tokens):N0} tokens, {plans.Sum(p => p.Plan.Planned):0.0e0} multiply-adds, about {Display.Duration(seconds.Values.Sum())} in all");
        return seconds;
    }

    private EmbedderStudyResult Measure(RunFolder records, IReadOnlyList<EmbedderStudyCell> cells, IReadOnlyList<EmbedderStudyModel> models, Dictionary<EmbedderStudyCell, double> seconds)
    {
        var progress = new EmbedderStudyProgress(_reporter, seconds.Values.Sum());
        foreach (var cell in cells.Where(seconds.ContainsKey))
        {
            _stop.ThrowIfCancellationRequested();
            progress.Begin(cell.Name, seconds[cell]);
            var job = cell.HasBegun
                ? LongEmbedJob.Resume(cell.Records, progress, _time, _stop)
                : LongEmbedJob.Begin(cell.Options, cell.Folder, _commandLine, progress, _time, _stop);
            job.Run();
            records.Telemetry("run", new { name = cell.Name });
        }

        var tokens = 0L;
        var tables = new List<EmbedderStudyTable>();
        foreach (var place in cells.GroupBy(c => (c.Model.Name, c.Target)))
        {
            var seeds = place.Select(EmbedderCellResult.Read).ToList();
            tokens += seeds.Sum(s => s.Tokens);
            tables.Add(EmbedderStudyPool.Of(place.Key.Name, place.Key.Target, _options.Short, seeds));
        }

        var result = new EmbedderStudyResult(models, _options.Short, _options.Seeds, tables, tokens);
        SvgFile.Save(Path.Combine(_out, FigureName), EmbedderStudyChart.Of(result));
        records.Finish(EmbedderStudyRecord.Of(result));
        return result;
    }

    private RunManifest Manifest(IReadOnlyList<EmbedderStudyCell> cells, IReadOnlyList<EmbedderStudyModel> models)
    {
        // The first seed of a place reads all that the others do; equal paths are equal files.
        var inputs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, hash) in cells.Where(c => c.Options.Seed == 0).SelectMany(c => InputHashes.Of(LongEmbedJob.ModelPath(c.Options), LongEmbedJob.Files(c.Options))))
        {
            inputs[path] = hash;
        }

        return new RunManifest
        {
            Kind = Kind,
            CommandLine = _commandLine,
            Started = _time.GetUtcNow(),
            Model = string.Join(", ", models.Select(m => m.Name)),
            OriginalContext = models.Min(m => m.Window),
            TargetContext = _options.Targets[^1],
            Seed = 0,
            Options = ResultJson.Element(_options),
            Plan = ResultJson.Element(new { }),
            Inputs = inputs,
        };
    }
}
