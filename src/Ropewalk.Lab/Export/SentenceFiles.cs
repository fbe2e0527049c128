using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Lab.Export;

/// <summary>The files by which sentence-transformers knows an embedder: modules.json, the pooling's config.json and sentence_bert_config.json.</summary>
internal static class SentenceFiles
{
    /// <summary>File with max_seq_length, beside the transformer's config.</summary>
    public const string LimitName = "sentence_bert_config.json";

    private const string Prefix = "sentence_transformers.models.";
    private const string PoolingName = "1_Pooling/" + CheckpointFolder.ConfigName;

    private static readonly (Pooling Pooling, string Key)[] s_modes =
    [
        (Pooling.Cls, "pooling_mode_cls_token"),
        (Pooling.Mean, "pooling_mode_mean_tokens"),
        (Pooling.Max, "pooling_mode_max_tokens"),
        (Pooling.WeightedMean, "pooling_mode_weightedmean_tokens"),
        (Pooling.Last, "pooling_mode_lasttoken"),
    ];

    /// <summary>Writes them into a folder that has none.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="pooling">How rows become a vector.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="normalizes">Whether vectors are divided by their length.</param>
    /// <param name="maxTokens">Tokens of the longest text.</param>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> Write(AtomicFolder folder, Pooling pooling, int width, bool normalizes, int maxTokens)
    {
        var modules = new JsonArray(Module(0, "", "Transformer"), Module(1, "1_Pooling", "Pooling"));
        if (normalizes)
        {
            modules.Add(Module(2, "2_Normalize", "Normalize"));
        }

        var config = new JsonObject { ["word_embedding_dimension"] = width };
        foreach (var (mode, key) in s_modes)
        {
            config[key] = mode == pooling;
        }

        config["include_prompt"] = true;
        folder.WriteAllText(EmbedderSettingsReader.ModulesName, modules.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.WriteAllText(PoolingName, config.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.WriteAllText(LimitName, Limit(maxTokens));
        return [EmbedderSettingsReader.ModulesName, PoolingName, LimitName];
    }

    /// <summary>A sentence_bert_config.json that says a length and nothing else.</summary>
    public static string Limit(int maxTokens) =>
        new JsonObject { ["max_seq_length"] = maxTokens, ["do_lower_case"] = false }.ToJsonString(CheckpointExporter.Json) + "\n";

    /// <summary>Files of the modules that have a folder of their own, but for one, relative to the embedder's folder and with forward slashes.</summary>
    /// <param name="source">The embedder's folder; without modules.json it has none.</param>
    /// <param name="except">Folder of the transformer, whose files are not all of this kind; empty where that is the folder itself.</param>
    public static IEnumerable<string> InModules(string source, string except = "")
    {
        var list = Path.Combine(source, EmbedderSettingsReader.ModulesName);
        if (!Path.Exists(list) || JsonFile.Read(list) is not { ValueKind: JsonValueKind.Array } modules)
        {
            return [];
        }

        return modules.EnumerateArray()
            .Select(m => m.ValueKind == JsonValueKind.Object && m.TryGetProperty("path", out var path) && path.ValueKind == JsonValueKind.String ? path.GetString()! : "")
            .Where(p => p.Length > 0 && p != except && PlainFileName.IsPlain(p) && Directory.Exists(Path.Combine(source, p)))
            .SelectMany(p => Directory.EnumerateFiles(Path.Combine(source, p), "*.json").Select(f => $"{p}/{Path.GetFileName(f)}"))
            .Order(StringComparer.Ordinal);
    }

    private static JsonObject Module(int index, string path, string type) =>
        new() { ["idx"] = index, ["name"] = $"{index}", ["path"] = path, ["type"] = Prefix + type };
}
