using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>Factors for a rotary embedder, searched by retrieval: the contrastive loss of some pairs, reported as recall on others. Its records lie in a folder
/// beside the factors' file, and continue it.</summary>
public sealed class EmbedderSearchJob
{
    private const string Kind = "search";
    private const int HeldoutPart = 5;

    private readonly RunManifest _manifest;
    private readonly EmbedderSearchOptions _options;
    private readonly string _out;
    private readonly string _folder;
    private readonly IJobReporter _reporter;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;

    // Of a new search, which read them to refuse what it cannot use; a shelf of books takes a while.
    private (IReadOnlyList<TokenPair> Searched, IReadOnlyList<TokenPair> Heldout)? _pairs;

    private EmbedderSearchJob(RunManifest manifest, EmbedderSearchOptions options, string factors, string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop) =>
        (_manifest, _options, _out, _folder, _reporter, _time, _stop) = (manifest, options, factors, folder, reporter, time, stop);

    /// <summary>Whether a run was one of these: a language model's search has no pairs.</summary>
    public static bool IsOne(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return manifest.Kind == Kind && manifest.Options.TryGetProperty("query_prefix", out _);
    }

    /// <summary>Prepares a search; all that can be refused is refused here.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="factors">File to write.</param>
    /// <param name="commandLine">The command as it was typed.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the search between chunks.</param>
    public static EmbedderSearchJob Begin(EmbedderSearchOptions options, string factors, string commandLine, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        OutputFolder.RequireFile(factors);
        options = options with { Model = JobPaths.Full(options.Model, "MODEL"), Pairs = options.Pairs is { } file ? JobPaths.Full(file, "--pairs") : null, Texts = JobPaths.Full([.. options.Texts]) };
        if (SearchAlgorithms.Named(options.Search.Algorithm).NeedsGradients)
        {
            throw new UserInputException($"--algorithm: found {options.Search.Algorithm}, which asks for gradients, expected another with --objective {EmbedderSearchOptions.Objective}");
        }

        if (options.Texts.GroupBy(t => t, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } again)
        {
            throw new UserInputException($"--text: found {again.Key} twice, expected each text once");
        }

        using var embedder = Load(options);
        var original = embedder.Model.Rope!.Geometry.OriginalContext;
        var pairs = Split(options, embedder);
        _ = ExtendJob.AttentionFactor(options.AttentionFactor, (double)options.TargetContext / original, original);
        var manifest = new RunManifest
        {
            Kind = Kind,
            CommandLine = commandLine,
            Started = time.GetUtcNow(),
            Model = embedder.Model.Name,
            OriginalContext = original,
            TargetContext = options.TargetContext,
            Seed = options.Seed,
            Options = ResultJson.Element(options),
            Plan = ResultJson.Element(new { }),
            Output = Path.GetFullPath(factors),
            Inputs = InputHashes.Of(ModelPath(options), Files(options)),
        };
        return new EmbedderSearchJob(manifest, options, factors, JobPaths.RecordsBeside(factors), reporter, time, stop) { _pairs = pairs };
    }

    /// <summary>Prepares a search that was stopped.</summary>
    /// <param name="folder">Its records' folder.</param>
    /// <param name="reporter">Hears how it goes.</param>
    /// <param name="time">For records; never for results.</param>
    /// <param name="stop">Ends the search between chunks.</param>
    /// <exception cref="RunFolderException">There is no such run, or it was begun by another version or from other files.</exception>
    public static EmbedderSearchJob Resume(string folder, IJobReporter reporter, TimeProvider time, CancellationToken stop)
    {
        var manifest = RunManifest.Read(folder);
        manifest.RequireThisVersion(folder, Kind);
        var options = manifest.Read<EmbedderSearchOptions>(folder, "options", manifest.Options);
        manifest.RequireSameInputs(folder, ModelPath(options), Files(options));
        return new EmbedderSearchJob(manifest, options, manifest.Output ?? Path.Combine(folder, "factors.json"), folder, reporter, time, stop);
    }

    /// <summary>Runs the search.</summary>
    /// <exception cref="RopewalkException">The input cannot be used, or the disk is full.</exception>
    /// <exception cref="RunStoppedException">It was stopped.</exception>
    public EmbedderSearchResult Run()
    {
        using var model = Load(_options);
        var (searched, heldout) = _pairs ?? Split(_options, model);
        var embedder = new PairEmbedder(model, _stop);
        var groups = RetrievalEvaluator.Groups(searched, _options.Windows);
        var tokens = searched.Sum(p => (long)p.Query.Length + p.Document.Length) / groups.Count;
        var scale = (double)_options.TargetContext / embedder.Geometry.OriginalContext;
        var settings = new SearchSettings { LargestHundredths = SearchSettings.PaperBound(scale), Seed = _options.Seed }.Resized(_options.Population, _options.Iterations);
        var problem = _options.Search.In(new SearchProblem
        {
            Geometry = embedder.Geometry,
            Length = _options.TargetContext,
            Settings = settings,
            AttentionFactor = ExtendJob.AttentionFactor(_options.AttentionFactor, scale, embedder.Geometry.OriginalContext),
        });
        var algorithm = SearchAlgorithms.Named(_options.Search.Algorithm);
        var resume = ResumeCommand.Of(Kind, _folder);
        using var records = RunFolder.Open(_folder, _manifest, _time, resume);
        records.ReportOpened(_reporter);
        var clock = new JobClock(new CostModel(1, 0), (double)algorithm.Cost(settings, groups.Count) * tokens, _reporter, () => embedder.TokensEvaluated) { Stage = "search" };
        embedder.BatchDone = clock.WindowDone;
        records.WindowReplayed = clock.WindowReplayed;
        return ResumableJob.Run(resume, _reporter, () =>
        {
            var answers = records.Evaluator("long", algorithm.Name, settings.Seed, new RetrievalEvaluator(embedder, groups, _options.TargetContext), (int)Math.Min(tokens, int.MaxValue));
            var outcome = FactorSearch.Run(algorithm, problem, answers, new SearchProgress(clock).Add);
            clock.Stage = "held-out pairs";
            var scaling = embedder.Scaling(outcome.Best.Point, _options.TargetContext);
            var factor = scale.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            (string Name, RopeScaling Scaling)[] methods =
            [
                ("none", new NoScaling(embedder.Geometry)),
                .. ((string[])["linear", "ntk", "yarn"]).Select(name => (name, RopeScalingRegistry.Parse($"{name}:{factor}", embedder.Geometry, _ => scaling))),
                (ExtendJob.WinnerName, scaling),
            ];
            var found = methods.Select(m => Measure(records, embedder, heldout, m.Name, m.Scaling)).ToList();
            var result = new EmbedderSearchResult(model.Model.Name, embedder.Geometry, _options.TargetContext, algorithm.Name, outcome, searched.Count, searched.Concat(heldout).Sum(p => p.NumCut), found, records.Tokens, clock.Elapsed, _out, _folder);
            RopeFactorsFile.Write(_out, scaling, _options.TargetContext);
            records.Finish(result.Record());
            return result;
        });
    }

    private static MethodRecall Measure(RunFolder records, PairEmbedder embedder, IReadOnlyList<TokenPair> pairs, string name, RopeScaling scaling)
    {
        // One pass gives the loss and both numbers of queries, so its tokens are counted with the first alone.
        var texts = EqualTexts.Numbers(pairs.Select(p => p.Document));
        var vectors = new Lazy<(float[][] Queries, float[][] Documents)>(() => embedder.Vectors(pairs, scaling));
        var loss = records.Values($"heldout loss {name}", [0], pairs.Sum(p => (long)p.Query.Length + p.Document.Length), _ => [PairScores.Loss(vectors.Value.Queries, vectors.Value.Documents, texts)]);
        var found = records.Values($"heldout found {name}", [1, 5], 0, nearest => [.. nearest.Select(k => (double)PairScores.Found(vectors.Value.Queries, vectors.Value.Documents, texts, (int)k))]);
        return new MethodRecall(name, pairs.Count, (int)found[0], (int)found[1], loss[0]);
    }

    /// <summary>The last fifth of the pairs, at least two, is never searched on.</summary>
    private static (IReadOnlyList<TokenPair> Searched, IReadOnlyList<TokenPair> Heldout) Split(EmbedderSearchOptions options, TextEmbedder embedder)
    {
        var pairs = options.Pairs is { } file
            ? PairFile.Read(file, embedder, options.QueryPrefix, options.DocumentPrefix, options.TargetContext)
            : MadePairs.Read(options, embedder);
        var heldout = Math.Max(2, pairs.Count / HeldoutPart);
        return pairs.Count - heldout >= 2
            ? (pairs.Take(pairs.Count - heldout).ToList(), pairs.Skip(pairs.Count - heldout).ToList())
            : throw new UserInputException($"--pairs: found {pairs.Count} pairs in {options.Pairs}, expected at least 4: two to search on and two to measure on");
    }

    private static TextEmbedder Load(EmbedderSearchOptions options)
    {
        var embedder = TextEmbedder.Load(options.Model, new EmbedderOptions { Pooling = options.Pooling });
        try
        {
            var rope = embedder.Model.Rope ?? throw new UserInputException($"--objective {EmbedderSearchOptions.Objective}: found a model with learned positions, expected one with rotary positions");
            if (options.TargetContext <= rope.Geometry.OriginalContext)
            {
                throw new UserInputException($"--to: found {options.TargetContext}, expected more than the {rope.Geometry.OriginalContext} tokens that the model was trained for");
            }

            return !EmbedderSettingsReader.Read(options.Model).IncludesPrompt && (options.QueryPrefix + options.DocumentPrefix).Length > 0
                ? throw new UserInputException("--query-prefix, --document-prefix: found them for a folder with include_prompt false, expected a folder whose prompts count")
                : embedder;
        }
        catch
        {
            embedder.Dispose();
            throw;
        }
    }

    /// <summary>What is read beside the model's weights and tokenizer.</summary>
    private static IEnumerable<string> Files(EmbedderSearchOptions options) => EmbedderSettingsReader.Files(options.Model).Concat(options.Pairs is { } file ? [file] : options.Texts);

    private static string ModelPath(EmbedderSearchOptions options) => EmbedderSettingsReader.Read(options.Model).ModelPath;
}
