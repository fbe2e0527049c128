using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Lab.LongEmbed;

/// <summary>Results in MTEB's files: OUT/mteb/MODEL__METHOD/no_revision_available/TASK.json, and model_meta.json beside them. A method is a model of its
/// own there, because MTEB knows no methods.</summary>
internal static class MtebFiles
{
    // MTEB's word for a model that lies in a folder.
    private const string Revision = "no_revision_available";

    // Whose layout is written; readers turn files of versions before 1.11 into it.
    private const string LayoutVersion = "2.0.0";

    private static readonly int[] s_cutoffs = [1, 3, 5, 10, 20, 100, 1000];

    private static readonly (string Name, Func<IReadOnlyList<int>, int, double> Measure)[] s_measures =
    [
        ("ndcg", RankScores.Ndcg),
        ("map", RankScores.AveragePrecision),
        ("recall", RankScores.Recall),
        ("precision", RankScores.Precision),
        ("mrr", RankScores.ReciprocalRank),
        ("hit_rate", RankScores.HitRate),
    ];

    /// <summary>Writes all files.</summary>
    /// <param name="output">The run's folder.</param>
    /// <param name="result">The run.</param>
    /// <param name="inputs">Hashes of what was read.</param>
    /// <param name="date">Now.</param>
    public static void Write(string output, LongEmbedResult result, IReadOnlyDictionary<string, string> inputs, DateTimeOffset date)
    {
        foreach (var method in result.Methods)
        {
            var folder = Path.Combine(output, "mteb", $"{Plain(result.Model.Name)}__{Plain(method.Name)}", Revision);
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception e) when (StorageException.IsStorageFailure(e))
            {
                throw StorageException.From(folder, e, "the records are kept");
            }

            AtomicFile.WriteAllText(Path.Combine(folder, "model_meta.json"), ResultJson.Serialize(Meta(result, method)));
            foreach (var task in result.Tasks)
            {
                var seconds = result.Seconds.TryGetValue((method.Name, task.Task.Name), out var s) ? s : (double?)null;
                AtomicFile.WriteAllText(
                    Path.Combine(folder, $"{task.Task.Mteb}.json"),
                    ResultJson.Serialize(Of(task.Task, task.Scores.First(x => x.Method == method.Name), DataRevision(task.Task, result.Options, inputs), seconds, date)));
            }
        }
    }

    /// <summary>One task's file.</summary>
    /// <param name="task">The task.</param>
    /// <param name="score">One method's score.</param>
    /// <param name="revision">Of the texts.</param>
    /// <param name="seconds">That it took; null where that is not known.</param>
    /// <param name="date">Now.</param>
    public static IReadOnlyDictionary<string, object?> Of(LongTask task, TaskScore score, string revision, double? seconds, DateTimeOffset date) => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["dataset_revision"] = revision,
        ["task_name"] = task.Mteb,
        ["mteb_version"] = LayoutVersion,
        ["scores"] = score.Parts.ToDictionary(p => p.Length is { } n ? $"test_{n}" : "test", p => (object)new[] { Scores(task, p) }, StringComparer.Ordinal),
        ["evaluation_time"] = seconds,
        ["kg_co2_emissions"] = null,
        ["date"] = date.ToUnixTimeMilliseconds() / 1000d,
    };

    private static Dictionary<string, object> Scores(LongTask task, PartScore part)
    {
        var scores = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, measure) in s_measures)
        {
            foreach (var k in s_cutoffs)
            {
                scores[$"{name}_at_{k.ToString(CultureInfo.InvariantCulture)}"] = part.Mean(r => measure(r, k));
            }
        }

        scores["main_score"] = scores[$"ndcg_at_{task.Cutoff.ToString(CultureInfo.InvariantCulture)}"];
        scores["hf_subset"] = "default";
        scores["languages"] = new[] { "eng-Latn" };
        return scores;
    }

    private static Dictionary<string, object?> Meta(LongEmbedResult result, EmbedderMethod method) => new(StringComparer.Ordinal)
    {
        ["name"] = $"{Plain(result.Model.Name)}/{Plain(method.Name)}",
        ["revision"] = Revision,
        ["release_date"] = null,
        ["languages"] = null,
        ["n_parameters"] = result.Model.Parameters,
        ["memory_usage_mb"] = null,
        ["max_tokens"] = method.Name == EmbedderMethods.None ? result.Model.MaxTokens : result.Options.TargetContext,
        ["embed_dim"] = result.Model.Shape.HiddenWidth,
        ["license"] = null,
        ["open_weights"] = null,
        ["framework"] = Array.Empty<string>(),
        ["similarity_fn_name"] = "cosine",
        ["use_instructions"] = result.Model.QueryPrompt.Length > 0,
        ["training_datasets"] = null,
        ["adapted_from"] = result.Model.Name,
    };

    /// <summary>The texts' own hash: which commit of a data set a folder came from, it does not say.</summary>
    private static string DataRevision(LongTask task, LongEmbedOptions options, IReadOnlyDictionary<string, string> inputs)
    {
        var made = $"ropewalk-{RunManifest.ThisVersion}-seed-{options.Seed}";
        var hashes = string.Concat(LongTasks.Files(options, [task.Name]).Select(f => inputs[f]));
        return hashes.Length == 0 ? made : $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashes)))}{(task.HasLengths ? $"-{made}" : "")}";
    }

    private static string Plain(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.');
}
