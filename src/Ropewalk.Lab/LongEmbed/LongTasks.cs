using System.Collections.Immutable;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>LongEmbed's six tasks by name, two that are made here and four whose texts the user has, and one of pairs from any text.</summary>
public static class LongTasks
{
    private const int RealCutoff = 10;
    private const ulong PairTask = 3;

    private static readonly ImmutableArray<(string Name, string Title, string Mteb)> s_real =
    [
        ("narrativeqa", "NQA", "LEMBNarrativeQARetrieval"),
        ("qmsum", "QMSum", "LEMBQMSumRetrieval"),
        ("summ_screen_fd", "SFD", "LEMBSummScreenFDRetrieval"),
        ("2wikimqa", "2Wiki", "LEMBWikimQARetrieval"),
    ];

    private static readonly ImmutableArray<(string Name, string Title)> s_synthetic = [("passkey", "Passkey"), ("needle", "Needle")];

    /// <summary>Windows over a pair's query: every model that reads its window reads the query whole.</summary>
    internal const int PairQueryShare = 4;

    /// <summary>All names, in the order of the paper's tables.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_synthetic.Select(t => t.Name), PairTexts.Name, .. s_real.Select(t => t.Name)];

    /// <summary>Whether a task's documents have the lengths that are asked for.</summary>
    public static bool HasLengths(string name) => !s_real.Any(t => t.Name == name);

    /// <summary>Most documents of a synthetic part.</summary>
    public static int MostDocuments => Math.Min(PasskeyTexts.Most, NeedleTexts.Most);

    /// <summary>The tasks that are asked for.</summary>
    /// <exception cref="UserInputException">A name is none, or its texts are not there.</exception>
    public static IReadOnlyList<string> Choose(LongEmbedOptions options)
    {
        var there = s_real.Select(t => t.Name).Where(n => options.Data is { } data && HasTexts(Path.Combine(data, n))).ToList();
        if (options.Data is { } folder && there.Count == 0)
        {
            throw new UserInputException($"--data: found {Printable.OneLine(folder, 120)} without any of the folders {string.Join(", ", s_real.Select(t => t.Name))}, expected at least one with {string.Join(", ", LongEmbedFolder.FileNames)} (qmsum: or {string.Join(", ", QMSumFolder.FileNames)})");
        }

        foreach (var name in options.Tasks)
        {
            if (!Names.Contains(name, StringComparer.Ordinal))
            {
                throw new UserInputException($"--tasks: found \"{Printable.OneLine(name, 60)}\", expected {string.Join(", ", Names)}");
            }

            if (name == PairTexts.Name && options.Pairs.IsEmpty)
            {
                throw new UserInputException($"--tasks: found {name} without its texts, expected --pairs with .txt files");
            }

            if (!HasLengths(name) && !there.Contains(name))
            {
                throw new UserInputException($"--tasks: found {name} without its texts, expected --data with a folder {name} and {string.Join(", ", LongEmbedFolder.FileNames)} in it{(name == "qmsum" ? $" (or {string.Join(", ", QMSumFolder.FileNames)})" : "")}");
            }
        }

        return [.. Names.Where(n => options.Tasks.IsEmpty ? s_synthetic.Any(t => t.Name == n) || (n == PairTexts.Name && !options.Pairs.IsEmpty) || there.Contains(n) : options.Tasks.Contains(n))];
    }

    /// <summary>The files that tasks are read from.</summary>
    /// <param name="options">With the folder.</param>
    /// <param name="names">As <see cref="Choose"/> gives them.</param>
    public static IEnumerable<string> Files(LongEmbedOptions options, IEnumerable<string> names) => names.SelectMany<string, string>(n =>
    {
        if (HasLengths(n))
        {
            return n == PairTexts.Name ? options.Pairs : [];
        }

        var folder = Path.Combine(options.Data!, n);
        return IsQMSum(folder, n) ? QMSumFolder.Files(folder) : LongEmbedFolder.FileNames.Select(f => Path.Combine(folder, f));
    });

    /// <summary>Lengths that a run has: those that are asked for, or of the published ones those that hold a line of each synthetic task.</summary>
    /// <param name="options">With the lengths.</param>
    /// <param name="embedder">Counts tokens.</param>
    /// <param name="prompt">Before each document.</param>
    public static ImmutableArray<int> Lengths(LongEmbedOptions options, TextEmbedder embedder, string prompt)
    {
        if (!options.Lengths.IsEmpty)
        {
            return options.Lengths;
        }

        // All lines, whichever a seed chooses, so that the lengths do not depend on it.
        var random = new CounterRandom(0);
        var fewest = SyntheticTask.Fewest([.. PasskeyTexts.Lines(random, PasskeyTexts.Most), .. NeedleFacts.All], t => embedder.Count(t, prompt));
        return [.. LongEmbedOptions.PublishedLengths.Where(n => n >= fewest)];
    }

    /// <summary>Makes or reads the tasks.</summary>
    /// <param name="options">Sizes, seed and folder; lengths as <see cref="Lengths"/> gives them.</param>
    /// <param name="names">As <see cref="Choose"/> gives them.</param>
    /// <param name="embedder">Counts tokens.</param>
    /// <param name="prompt">Before each document.</param>
    /// <param name="queryPrompt">Before each query.</param>
    /// <exception cref="CheckpointFormatException">A file is damaged.</exception>
    /// <exception cref="UserInputException">A length is too small, or a text too short.</exception>
    public static IReadOnlyList<LongTask> Make(LongEmbedOptions options, IEnumerable<string> names, TextEmbedder embedder, string prompt, string queryPrompt = "") => [.. names.Select(name =>
    {
        if (name == PairTexts.Name)
        {
            return Pairs(options, embedder, prompt, queryPrompt);
        }

        if (HasLengths(name))
        {
            var (_, word) = s_synthetic.First(t => t.Name == name);
            var parts = options.Lengths.Select(length => Synthetic(name, length, options, t => embedder.Count(t, prompt))).ToList();
            return new LongTask(name, word, $"Ropewalk{word}Retrieval", $"generated, seed {options.Seed}", 1, parts);
        }

        var (_, title, mteb) = s_real.First(t => t.Name == name);
        var folder = Path.Combine(options.Data!, name);
        return IsQMSum(folder, name)
            ? new LongTask(name, title, "RopewalkQMSumRetrieval", $"{string.Join(", ", QMSumFolder.Files(folder).Select(f => Path.GetFileName(f)))} of QMSum", RealCutoff, [QMSumFolder.Read(folder)])
            : new LongTask(name, title, mteb, "LongEmbed's layout", RealCutoff, [LongEmbedFolder.Read(folder)]);
    })];

    private static LongTask Pairs(LongEmbedOptions options, TextEmbedder embedder, string prompt, string queryPrompt)
    {
        var queryTokens = options.PairQueryTokens ?? (EmbedderMethods.WindowOf(embedder.Model) / PairQueryShare);
        var texts = new PairTexts(PairTexts.Read(options.Pairs), t => embedder.Count(t, prompt), t => embedder.Count(t, queryPrompt), queryTokens);
        var parts = options.Lengths.Select(length => texts.Make(length, options.Documents, options.Queries, new CounterRandom(options.Seed).Fork(PairTask).Fork((ulong)length))).ToList();
        return new LongTask(PairTexts.Name, "Pairs", "RopewalkPairsRetrieval", $"passages of {string.Join(", ", options.Pairs.Select(p => Path.GetFileName(p)))}, seed {options.Seed}", 1, parts);
    }

    private static TaskPart Synthetic(string name, int length, LongEmbedOptions options, Func<string, int> countTokens)
    {
        var isPasskey = name == s_synthetic[0].Name;

        // A length's texts depend on seed, task and length alone, whatever else is asked for.
        var random = new CounterRandom(options.Seed).Fork(isPasskey ? 1UL : 2).Fork((ulong)length);
        var lines = isPasskey ? PasskeyTexts.Lines(random, options.Documents) : NeedleTexts.Lines(random, options.Documents);
        var filler = isPasskey ? PasskeyTexts.Filler : NeedleTexts.Filler(random.NextUInt64(), length);
        return new SyntheticTask(name, countTokens, options.Queries).Make(length, filler, lines, random);
    }

    private static bool HasTexts(string folder) => LongEmbedFolder.FileNames.Any(f => File.Exists(Path.Combine(folder, f))) || IsQMSum(folder, Path.GetFileName(folder));

    private static bool IsQMSum(string folder, string name) =>
        name == "qmsum" && !LongEmbedFolder.FileNames.Any(f => File.Exists(Path.Combine(folder, f))) && QMSumFolder.Files(folder).Count > 0;
}
