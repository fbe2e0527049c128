using System.Diagnostics;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Positions;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>LongEmbed on one embedder: every method embeds every task's documents and queries, and the queries' documents are looked for. Each vector is
/// recorded before it counts, so a run that was stopped ends with the same bytes as one that was not.</summary>
public sealed class LongEmbedJob
{
    /// <summary>The command that it belongs to.</summary>
    public const string Kind = "bench longembed";

    private const int DefaultFactor = 8;
    private const int MostTarget = int.MaxValue / 2;

    private readonly RunManifest? _recorded;
    private readonly LongEmbedOptions _options;
    private readonly string _out;
    private readonly string _commandLine;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    private LongEmbedJob(RunManifest? recorded, LongEmbedOptions options, string output, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_recorded, _options, _out, _commandLine, _reporter, _time, _stop) = (recorded, options, output, commandLine, reporter, time, stop);

    /// <summary>Prepares a run.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="output">Folder for records and results, absent or empty.</param>
    /// <param name="commandLine">The command as it was typed.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    /// <exception cref="UserInputException">The folder cannot be used, or sizes make no sense.</exception>
    public static LongEmbedJob Begin(LongEmbedOptions options, string output, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        RunFolder.RemoveUnbegun(output);
        OutputFolder.RequireEmpty(output);
        if (options.Documents < 1 || options.Documents > LongTasks.MostDocuments)
        {
            throw new UserInputException($"--documents: found {options.Documents}, expected 1 to {LongTasks.MostDocuments}");
        }

        if (options.Queries < 1 || options.Queries > options.Documents)
        {
            throw new UserInputException($"--queries: found {options.Queries}, expected 1 to {options.Documents}, as many as there are documents");
        }

        static string? Full(string? path, string option) => path is null ? null : JobPaths.Full(path, option);
        return new LongEmbedJob(null, options with { Model = JobPaths.Full(options.Model, "MODEL"), Methods = [.. Evaluation.MethodList.WithFullPaths(options.Methods)], Data = Full(options.Data, "--data"), Pairs = JobPaths.Full(options.Pairs), Factors = Full(options.Factors, "--factors") }, output, commandLine, reporter, time, stop);
    }

    /// <summary>Prepares the rest of a run that was stopped.</summary>
    /// <param name="records">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends it between chunks of work.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static LongEmbedJob Resume(string records, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var manifest = RunManifest.Read(records);
        manifest.RequireThisVersion(records, Kind);
        var options = manifest.Read<LongEmbedOptions>(records, "options", manifest.Options);
        manifest.RequireSameInputs(records, ModelPath(options), Files(options));
        return new LongEmbedJob(manifest, options, RunSummary.Output(records), manifest.CommandLine, reporter, time, stop);
    }

    /// <summary>What the job is going to do and how long that takes, as --json prints it after a dry run; null before <see cref="Run"/>.</summary>
    public object? Estimate { get; private set; }

    /// <summary>Runs it.</summary>
    /// <param name="isDryRun">Whether to stop after the estimate.</param>
    /// <returns>The result; null after a dry run.</returns>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public LongEmbedResult? Run(bool isDryRun = false)
    {
        var plan = Plan();
        var texts = plan.Tasks.Sum(t => t.Parts.Sum(p => p.Documents.Count + p.Queries.Count));
        Estimate = new
        {
            DryRun = true,
            Model = plan.Model.Name,
            OriginalContext = plan.Model.Window,
            TargetContext = plan.Options.TargetContext!.Value,
            Methods = plan.Methods.Select(m => m.Name),
            plan.LeftOut,
            Tasks = plan.Tasks.Select(t => t.Name),
            Texts = texts,
            plan.Tokens,
            plan.Seconds,
        };
        _reporter.Line(
            $"{(_recorded is null ? "" : "continued: ")}{plan.Methods.Count} methods ({string.Join(", ", plan.Methods.Select(m => m.Name))}), {plan.Tasks.Count} tasks with {texts:N0} texts, {plan.Tokens:N0} tokens; {Display.Length(plan.Model.Window)} to {Display.Length(plan.Options.TargetContext!.Value)} tokens; about {Display.Duration(plan.Seconds)} in all");
        if (plan.Model.QueryPrompt.Length == 0 && plan.Model.DocumentPrompt.Length == 0)
        {
            _reporter.Line("no prompts: the model names none, and neither --query-prompt nor --document-prompt was given");
        }

        return isDryRun ? null : Measure(plan);
    }

    /// <summary>Makes the texts and measures this machine's speed; nothing is written.</summary>
    /// <exception cref="RopewalkException">The input cannot be used.</exception>
    internal LongEmbedPlan Plan()
    {
        var names = LongTasks.Choose(_options);
        using var plain = TextEmbedder.Load(_options.Model, new EmbedderOptions { Pooling = _options.Pooling });
        var model = Facts(plain);
        var target = _options.TargetContext ?? (int)Math.Min(MostTarget, (long)model.Window * DefaultFactor);
        var isPlain = _options.Methods.All(m => m == EmbedderMethods.None);
        if ((target <= model.Window && !isPlain) || target > MostTarget)
        {
            throw new UserInputException($"--to: found {target}, expected more than the model's window of {model.Window} tokens and at most {MostTarget}");
        }

        var hasLengths = names.Any(LongTasks.HasLengths);
        var options = _options with { TargetContext = target, Lengths = hasLengths ? LongTasks.Lengths(_options, plain, model.DocumentPrompt) : [] };
        if (hasLengths && _options.Lengths.IsEmpty && options.Lengths.Length < LongEmbedOptions.PublishedLengths.Length)
        {
            _reporter.Line($"a line of the synthetic tasks takes more tokens of this model than the shortest lengths have; measured are {string.Join(", ", options.Lengths.Select(n => Display.Length(n)))}");
        }

        var methods = EmbedderMethods.Parse(options.Methods, plain.Model, target, options.Factors, options.LogN, out var leftOut);
        foreach (var reason in leftOut)
        {
            _reporter.Line($"left out: {reason}");
        }

        var tasks = LongTasks.Make(options, names, plain, model.DocumentPrompt, model.QueryPrompt);
        var work = EmbeddingWork.Of(plain.Model);
        var (planned, tokens) = Amount(plain, model, methods, tasks, target, work);
        return new LongEmbedPlan(options, model, methods, leftOut, tasks, work, planned, tokens, planned * work.MeasureSeconds(plain, _stop));
    }

    /// <summary>Folder or file of the model's weights.</summary>
    internal static string ModelPath(LongEmbedOptions options) => EmbedderSettingsReader.Read(options.Model).ModelPath;

    /// <summary>What a run reads beside the model's weights and tokenizer.</summary>
    internal static IEnumerable<string> Files(LongEmbedOptions options) =>
        EmbedderSettingsReader.Files(options.Model)
            .Concat(LongTasks.Files(options, LongTasks.Choose(options)))
            .Concat(options.Factors is { } factors ? [factors] : [])
            .Concat(Evaluation.MethodList.FactorsFiles(options.Methods))
            .Distinct(StringComparer.Ordinal);

    private EmbedderFacts Facts(TextEmbedder embedder)
    {
        string Prompt(string? given, params string[] names) =>
            given ?? (names.FirstOrDefault(embedder.Prompts.ContainsKey) is { } name ? embedder.Prompt(name) : embedder.Prompt(null));
        var model = embedder.Model;
        return new EmbedderFacts(
            model.Name,
            model.Architecture,
            model.NumParameters,
            model.Shape,
            model.Rope is null ? "learned" : "rotary",
            model.IsCausal,
            embedder.Pooling.ToString().ToLowerInvariant(),
            EmbedderMethods.WindowOf(model),
            embedder.MaxTokens,
            Prompt(_options.QueryPrompt, "query"),
            Prompt(_options.DocumentPrompt, "passage", "document"));
    }

    /// <summary>Work and tokens of the whole run.</summary>
    private static (double Work, long Tokens) Amount(TextEmbedder plain, EmbedderFacts model, IReadOnlyList<EmbedderMethod> methods, IReadOnlyList<LongTask> tasks, int target, EmbeddingWork work)
    {
        var (total, tokens) = (0d, 0L);
        foreach (var part in tasks.SelectMany(t => t.Parts))
        {
            var lengths = Lengths(part).ToList();
            foreach (var method in methods)
            {
                var kept = method.Name == EmbedderMethods.None ? Math.Min(target, model.MaxTokens) : target;
                var piece = method.Chunks ? model.MaxTokens : target;
                foreach (var length in lengths)
                {
                    total += work.At(length, kept, piece);
                    tokens += Math.Min(length, kept);
                }
            }
        }

        return (total, tokens);

        // Where documents were made for a length they are as long; queries of any part are short.
        IEnumerable<int> Lengths(TaskPart part)
        {
            foreach (var document in part.Documents)
            {
                yield return part.Length ?? plain.Count(document.Text, model.DocumentPrompt);
            }

            foreach (var query in part.Queries)
            {
                yield return plain.Count(query.Text, model.QueryPrompt);
            }
        }
    }

    private LongEmbedResult Measure(LongEmbedPlan plan)
    {
        var (options, model, methods, leftOut, tasks, work, planned, _, _) = plan;
        var resume = ResumeCommand.Of(Kind, _out);
        using var records = RunFolder.Open(Path.Combine(_out, RunFolder.Name), _recorded ?? Manifest(model), _time, resume);
        records.ReportOpened(_reporter);
        var clock = new EmbeddingClock(planned, _reporter);
        try
        {
            var parts = tasks.ToDictionary(t => t.Name, _ => new List<(string Method, IReadOnlyList<PartScore> Parts)>(), StringComparer.Ordinal);
            var seconds = new Dictionary<(string Method, string Task), double>();
            foreach (var method in methods)
            {
                using var measurer = new MethodMeasurer(options, method, model);
                foreach (var task in tasks)
                {
                    clock.Stage = $"{task.Name} under {method.Name}";
                    var start = Stopwatch.GetTimestamp();
                    var found = task.Parts.Select(p => measurer.Measure(p, $"{method.Name}: {task.Name}{(p.Length is { } n ? $" {n}" : "")}", records, work, clock, _stop)).ToList();
                    parts[task.Name].Add((method.Name, [.. found.Select(f => f.Score)]));
                    if (found.TrueForAll(f => f.IsNew))
                    {
                        seconds[(method.Name, task.Name)] = Stopwatch.GetElapsedTime(start).TotalSeconds;
                    }

                    records.Telemetry("stage", new { name = clock.Stage, seconds = clock.Elapsed, tokens = records.Tokens });
                }
            }

            var result = new LongEmbedResult
            {
                Options = options,
                Out = _out,
                CommandLine = _commandLine,
                Model = model,
                Methods = methods,
                Tasks = [.. tasks.Select(t => TaskResult.Of(t, parts[t.Name], options.Seed))],
                TokensEvaluated = records.Tokens,
                Notes = [.. Notes(options, model), .. leftOut.Select(l => $"left out: {l}")],
                Seconds = seconds,
                Elapsed = clock.Elapsed,
            };
            MtebFiles.Write(_out, result, (_recorded ?? records.Manifest).Inputs, _time.GetUtcNow());
            AtomicFile.WriteAllText(Path.Combine(_out, "report.html"), LongEmbedReport.Render(result, _time.GetLocalNow()));
            records.Finish(LongEmbedRecord.Of(result));
            return result;
        }
        catch (OperationCanceledException)
        {
            throw new RunStoppedException(resume);
        }
        catch (StorageException)
        {
            _reporter.Line($"once it can be written again, this continues: {resume}");
            throw;
        }
    }

    private static IEnumerable<string> Notes(LongEmbedOptions options, EmbedderFacts model)
    {
        yield return $"texts of more than {options.TargetContext} tokens, and under none of more than {model.MaxTokens}, were read up to there: the rest did not fit";
        if (model.MaxTokens != model.Window)
        {
            yield return $"none and pcw read {model.MaxTokens} tokens at once, as the folder says; the other methods count from the {model.Window} positions that the model has";
        }
    }

    private RunManifest Manifest(EmbedderFacts model) => new()
    {
        Kind = Kind,
        CommandLine = _commandLine,
        Started = _time.GetUtcNow(),
        Model = model.Name,
        OriginalContext = model.Window,
        TargetContext = _options.TargetContext ?? (int)Math.Min(MostTarget, (long)model.Window * DefaultFactor),
        Seed = _options.Seed,
        Options = ResultJson.Element(_options),
        Plan = ResultJson.Element(new { }),
        Inputs = InputHashes.Of(ModelPath(_options), Files(_options)),
    };
}
