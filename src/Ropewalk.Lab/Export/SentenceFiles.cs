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
    public const string LimitName = EmbedderSettingsWriter.LimitName;

    /// <summary>Writes them into a folder that has none.</summary>
    /// <param name="folder">The checkpoint's folder.</param>
    /// <param name="pooling">How rows become a vector.</param>
    /// <param name="width">Numbers of a vector.</param>
    /// <param name="normalizes">Whether vectors are divided by their length.</param>
    /// <param name="maxTokens">Tokens of the longest text.</param>
    /// <returns>Their names.</returns>
    public static IReadOnlyList<string> Write(AtomicFolder folder, Pooling pooling, int width, bool normalizes, int maxTokens)
    {
        var settings = new EmbedderSettings { ModelPath = "", PoolingSource = "", Pooling = pooling, Normalizes = normalizes, MaxTokens = maxTokens, IncludesPrompt = true };
        var files = EmbedderSettingsWriter.Files(settings, width).ToList();
        files.ForEach(f => folder.WriteAllBytes(f.Name, f.Bytes));
        return [.. files.Select(f => f.Name)];
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
}
