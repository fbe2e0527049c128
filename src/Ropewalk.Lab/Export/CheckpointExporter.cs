using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>Writes a checkpoint folder with a longer window: the weights byte for byte, the tokenizer, a config that says which factors rule,
/// and factors.json with the same numbers. The folder's config.json appears last: a folder without it is no checkpoint.</summary>
public static class CheckpointExporter
{
    /// <summary>Name of the factors beside the weights.</summary>
    public const string FactorsName = "factors.json";

    private const int CopyBytes = 1 << 20;
    private static readonly string[] s_carried = ["*.json", "*.txt", "*.model", "*.jinja", "LICENSE*", "NOTICE*"];

    /// <summary>Files that hold a limit of length, and its key.</summary>
    private static readonly Dictionary<string, string> s_limits = new(StringComparer.Ordinal)
    {
        ["tokenizer_config.json"] = "model_max_length",
        ["sentence_bert_config.json"] = "max_seq_length",
    };

    /// <summary>How JSON files are written.</summary>
    internal static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Exports into an existing run's folder or a new one.</summary>
    /// <param name="source">The original checkpoint: a folder, whose files are copied, or a GGUF file, which is converted.</param>
    /// <param name="target">Where to.</param>
    /// <param name="scaling">The factors.</param>
    /// <param name="targetContext">L'.</param>
    /// <param name="style">Generation of config keys; null leaves the config's encoding as it was (the factors are in factors.json alone).</param>
    /// <returns>Names of the files, and what a reader of the config should know.</returns>
    public static (IReadOnlyList<string> Files, IReadOnlyList<string> Notes) Write(
        string source, string target, LongRopeScaling scaling, int targetContext, RopeConfigStyle? style)
    {
        var files = new List<string>();
        var notes = new List<string>();
        using var checkpoint = ModelLoader.Open(source);
        var config = JsonObject.Create(checkpoint.Config)!;
        if (style is { } keys)
        {
            notes.AddRange(RopeConfigWriter.WriteLongRope(config, scaling, targetContext, keys));
        }

        using var folder = AtomicFolder.Create(target);
        WriteAllButConfig(checkpoint, folder, config, targetContext, files, notes);
        RopeFactorsFile.Write(folder.PathOf(FactorsName), scaling, targetContext);
        folder.WriteAllText(CheckpointFolder.ConfigName, config.ToJsonString(Json) + "\n");
        folder.Commit();
        return ([.. files, FactorsName, CheckpointFolder.ConfigName], notes);
    }

    /// <summary>Writes weights, tokenizer and whatever else the folder has; limits of length are raised, the config is the caller's.</summary>
    /// <param name="checkpoint">The original: a folder, whose files are copied, or a GGUF file, which is converted.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="config">The config to be, which learns the type of converted weights.</param>
    /// <param name="targetContext">L'.</param>
    /// <param name="files">Takes the names of the files.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <param name="writing">Told what is written before it is: tensor or file, bytes.</param>
    internal static void WriteAllButConfig(Checkpoint checkpoint, AtomicFolder folder, JsonObject config, int targetContext, List<string> files, List<string> notes, Action<string, long>? writing = null)
    {
        if (checkpoint is not CheckpointFolder original)
        {
            config["torch_dtype"] = WeightsWriter.TorchName(ModelConverter.WriteWeightsAndTokenizer(checkpoint, folder, null, notes, writing));
            files.AddRange([CheckpointFolder.WeightsName, "tokenizer.json", "tokenizer_config.json"]);
            return;
        }

        foreach (var path in original.Files.Select(f => f.Path).Concat(OtherFiles(checkpoint.Location)))
        {
            var name = Path.GetFileName(path);
            if (s_limits.TryGetValue(name, out var key))
            {
                folder.WriteAllText(name, RaiseLength(path, key, targetContext));
            }
            else
            {
                folder.Write(name, stream => Copy(path, stream, writing), new FileInfo(path).Length);
            }

            files.Add(name);
        }

        // modules.json alone would name folders that are not there.
        foreach (var name in SentenceFiles.InModules(checkpoint.Location))
        {
            var path = Path.Combine(checkpoint.Location, name);
            folder.Write(name, stream => Copy(path, stream, writing), new FileInfo(path).Length);
            files.Add(name);
        }
    }

    /// <summary>What a folder has beside weights and config: tokenizer, licence, generation settings, the index of shards.</summary>
    internal static IEnumerable<string> OtherFiles(string source) =>
        s_carried.SelectMany(pattern => Directory.EnumerateFiles(source, pattern)).Distinct()
            .Where(p => Path.GetFileName(p) is not (CheckpointFolder.ConfigName or FactorsName or PlanExporter.PlanName or "receipt.json"))
            .Order(StringComparer.Ordinal);

    /// <summary>Opens once what an export will copy beside weights and config: one that cannot be read, such as a link to nothing in a download cache, is refused before
    /// hours of work rather than after them.</summary>
    /// <param name="source">The checkpoint that will be exported; a GGUF file has nothing beside it.</param>
    /// <exception cref="CheckpointFormatException">One cannot be read.</exception>
    public static void RequireReadable(string source)
    {
        if (File.Exists(source))
        {
            return;
        }

        foreach (var path in OtherFiles(source).Concat(SentenceFiles.InModules(source).Select(name => Path.Combine(source, name))))
        {
            RegularFile.Open(path, "a file that can be copied beside the weights", out _).Dispose();
        }
    }

    /// <summary>Copies a file's bytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="target">Where to.</param>
    /// <param name="writing">Told of each piece before it is written, so that it can end the copy: the file's name, bytes.</param>
    internal static void Copy(string path, Stream target, Action<string, long>? writing = null)
    {
        using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var (name, piece) = (Path.GetFileName(path), new byte[CopyBytes]);
        while (source.Read(piece) is > 0 and var count)
        {
            writing?.Invoke(name, count);
            target.Write(piece, 0, count);
        }
    }

    /// <summary>A tokenizer that goes on clipping at the old window would undo the extension without a word.</summary>
    internal static string RaiseLength(string path, string key, int targetContext)
    {
        var root = (JsonObject)JsonNode.Parse(JsonFile.Read(path).GetRawText())!;
        if (root[key] is JsonValue value && value.TryGetValue<double>(out var length) && length < targetContext)
        {
            root[key] = targetContext;
        }

        return root.ToJsonString(Json) + "\n";
    }
}
