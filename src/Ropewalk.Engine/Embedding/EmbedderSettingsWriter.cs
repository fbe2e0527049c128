using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Embedding;

/// <summary>Writes what <see cref="EmbedderSettingsReader"/> and sentence-transformers read beside a transformer.</summary>
public static class EmbedderSettingsWriter
{
    /// <summary>File with max_seq_length, beside the transformer's config.</summary>
    public const string LimitName = "sentence_bert_config.json";

    private const string PoolingFolder = "1_Pooling";
    private const string NormalizeFolder = "2_Normalize";
    /// <summary>How JSON is written.</summary>
    internal static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The files of a folder whose transformer lies in the folder itself.</summary>
    /// <param name="settings">With a pooling and a longest text.</param>
    /// <param name="width">D.</param>
    /// <returns>Name, perhaps in a folder, and bytes.</returns>
    public static IEnumerable<(string Name, byte[] Bytes)> Files(EmbedderSettings settings, int width)
    {
        var modules = new JsonArray(Module(0, "", "Transformer"), Module(1, PoolingFolder, "Pooling"));
        if (settings.Normalizes)
        {
            modules.Add(Module(2, NormalizeFolder, "Normalize"));
        }

        yield return (EmbedderSettingsReader.ModulesName, Bytes(modules));
        yield return (LimitName, Bytes(new JsonObject { ["max_seq_length"] = settings.MaxTokens, ["do_lower_case"] = false }));
        var config = new JsonObject { ["word_embedding_dimension"] = width };
        foreach (var (key, mode) in EmbedderSettingsReader.Modes)
        {
            config[key] = mode == settings.Pooling;
        }

        config["include_prompt"] = settings.IncludesPrompt;
        yield return ($"{PoolingFolder}/{CheckpointFolder.ConfigName}", Bytes(config));
        if (settings.Prompts.Count == 0)
        {
            yield break;
        }

        var prompts = new JsonObject();
        foreach (var (name, text) in settings.Prompts)
        {
            prompts[name] = text;
        }

        yield return ("config_sentence_transformers.json", Bytes(new JsonObject { ["prompts"] = prompts, ["default_prompt_name"] = settings.DefaultPrompt, ["similarity_fn_name"] = "cosine" }));
    }

    private static JsonObject Module(int index, string path, string type) => new()
    {
        ["idx"] = index,
        ["name"] = $"{index}",
        ["path"] = path,
        ["type"] = EmbedderSettingsReader.Prefix + type,
    };

    private static byte[] Bytes(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Json) + "\n");
}
