using System.Globalization;
using Ropewalk.Lab.Evaluation;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Studies;

/// <summary>One run of LongEmbed in a study.</summary>
/// <param name="Model">The model.</param>
/// <param name="Target">T.</param>
/// <param name="Options">What is asked.</param>
/// <param name="Folder">Its output.</param>
internal sealed record EmbedderStudyCell(EmbedderStudyModel Model, int Target, LongEmbedOptions Options, string Folder)
{
    /// <summary>For people.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Model.Name}/{Target}/{Options.Seed}");

    /// <summary>Whether it was run to its end.</summary>
    public bool IsDone => HasBegun && RunSummary.Of(Records).State == RunState.Done;

    /// <summary>Whether there are records of it.</summary>
    public bool HasBegun => File.Exists(Path.Combine(Records, RunManifest.FileName));

    /// <summary>Its records.</summary>
    public string Records => Path.Combine(Folder, RunFolder.Name);

    /// <summary>All runs, T by T and in each model by model: a study that is stopped has finished its shorter windows.</summary>
    /// <param name="options">What is asked.</param>
    /// <param name="models">The models.</param>
    /// <param name="output">The study's folder.</param>
    /// <exception cref="UserInputException">A factors file is for what is not measured.</exception>
    public static IReadOnlyList<EmbedderStudyCell> All(EmbedderStudyOptions options, IReadOnlyList<EmbedderStudyModel> models, string output)
    {
        var places = options.Targets.SelectMany(t => models.Select(m => (Model: m, Target: t, Key: string.Create(CultureInfo.InvariantCulture, $"{m.Name}/{t}")))).ToList();
        if (options.Factors.Keys.FirstOrDefault(k => !places.Exists(p => p.Key == k)) is { } unknown)
        {
            throw new UserInputException($"--factors: found {unknown}, expected one of {string.Join(", ", places.Select(p => p.Key))}");
        }

        return [.. places.SelectMany(p => Enumerable.Range(0, options.Seeds).Select(seed =>
        {
            var factors = options.Factors.GetValueOrDefault(p.Key);
            return new EmbedderStudyCell(p.Model, p.Target, Of(options, p.Model, p.Target, factors, seed), Path.Combine(output, p.Key, $"{seed}"));
        }))];
    }

    private static LongEmbedOptions Of(EmbedderStudyOptions options, EmbedderStudyModel model, int target, string? factors, int seed)
    {
        // What "all" leaves out for a model is left out for it too where it is named; a spec is for those who know what they do.
        bool Fits(string method) => !EmbedderMethods.Names.Contains(method, StringComparer.Ordinal) || (model.Methods.Contains(method) && (method != EmbedderMethods.LongRope || factors is not null));
        var isLongEnough = target <= model.Longest;
        return new LongEmbedOptions
        {
            Model = model.Path,
            Methods = isLongEnough ? [EmbedderMethods.None] : [.. options.Methods.SelectMany(MethodList.Split).Where(Fits)],
            TargetContext = target,
            Lengths = [.. options.Lengths.Where(n => n < target).Append(options.Short).Append(target).Distinct().Order()],

            // Real texts do not depend on the seed.
            Data = seed == 0 ? options.Data : null,
            Pairs = options.Pairs,
            PairQueryTokens = options.Short / LongTasks.PairQueryShare,
            Factors = isLongEnough ? null : factors,
            Documents = options.Documents,
            Queries = options.Queries,
            Seed = (ulong)seed,
            QueryPrompt = options.QueryPrompt,
            DocumentPrompt = options.DocumentPrompt,
        };
    }
}
