using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs.Records;

namespace Ropewalk.Lab.Runs;

/// <summary>How a job with an output folder begins: anew with what is asked, or again with what its records say was asked.</summary>
/// <typeparam name="T">What is asked.</typeparam>
internal sealed class JobStart<T>
    where T : JobOptions
{
    private readonly string _kind;
    private readonly RunManifest? _recorded;
    private readonly TimeProvider _time;

    /// <summary>Begins anew. Paths are kept in full, so that the job continues from any working folder.</summary>
    /// <param name="kind">The kind of its records.</param>
    /// <param name="options">What is asked.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks of work.</param>
    public JobStart(string kind, T options, IJobReporter reporter, TimeProvider time, CancellationToken stop)
        : this(kind, null, options with { Model = JobPaths.Full(options.Model, "MODEL"), Texts = JobPaths.Full(options.Texts), Heldout = JobPaths.Full(options.Heldout) }, reporter, time, stop)
    {
    }

    private JobStart(string kind, RunManifest? recorded, T options, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_kind, _recorded, Options, Reporter, _time, Stop) = (kind, recorded, options, reporter, time, stop);

    /// <summary>What is asked.</summary>
    public T Options { get; }

    /// <summary>Hears how it goes.</summary>
    public IJobReporter Reporter { get; }

    /// <summary>Ends the job between chunks of work.</summary>
    public CancellationToken Stop { get; }

    /// <summary>The command that continues it.</summary>
    public string ResumeWith => ResumeCommand.Of(_kind, Options.Out);

    /// <summary>Put before the line that tells what will be done.</summary>
    public string Prefix => _recorded is null ? "" : "continued: ";

    private string Records => Path.Combine(Options.Out, RunFolder.Name);

    /// <summary>Begins again.</summary>
    /// <param name="kind">The kind of its records.</param>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the job between chunks of work.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static JobStart<T> Resumed(string kind, string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var recorded = RunManifest.Read(folder);
        recorded.RequireThisVersion(folder, kind);
        var options = recorded.Read<T>(folder, "options", recorded.Options) with { Out = JobPaths.OutputOf(folder), CommandLine = recorded.CommandLine };
        recorded.RequireSameInputs(folder, options.Model, options.Texts.Concat(options.Heldout));
        return new JobStart<T>(kind, recorded, options, reporter, time, stop);
    }

    /// <summary>Refuses an output folder that is in use, or removes what a kill left of temporary files in one that is continued.</summary>
    public void PrepareOutput() => JobPaths.PrepareOutput(Options.Out, isNew: _recorded is null);

    /// <summary>What a run that is continued decided before it began; null for a new one.</summary>
    /// <typeparam name="TPlan">What was decided.</typeparam>
    public TPlan? RecordedPlan<TPlan>()
        where TPlan : class => _recorded?.Read<TPlan>(Records, "plan", _recorded.Plan);

    /// <summary>Opens the records and does the work; a stop or a full disk ends it with the command that continues it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="longest">Tokens of the longest window.</param>
    /// <param name="plan">What was decided by the machine's speed or by measuring.</param>
    /// <param name="measure">Does the work.</param>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    /// <exception cref="StorageException">The disk is full.</exception>
    public TResult Run<TResult>(JobModel model, int longest, object plan, Func<RunFolder, TResult> measure)
    {
        using var records = RunFolder.Open(Records, _recorded ?? Manifest(model, longest, plan), _time, ResumeWith);
        records.ReportOpened(Reporter);
        return ResumableJob.Run(ResumeWith, Reporter, () => measure(records));
    }

    private RunManifest Manifest(JobModel model, int longest, object plan) => new()
    {
        Kind = _kind,
        CommandLine = Options.CommandLine,
        Started = _time.GetUtcNow(),
        Model = model.Model.Name,
        OriginalContext = model.Original,
        TargetContext = longest,
        Seed = Options.Seed,

        // Where the folder lies decides nothing: it may be moved.
        Options = ResultJson.Element(Options with { Out = "", CommandLine = "" }),
        Plan = ResultJson.Element(plan),
        Inputs = InputHashes.Of(Options.Model, Options.Texts.Concat(Options.Heldout)),
    };
}
