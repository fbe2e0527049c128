using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Lab.Export;

/// <summary>Writes an embedder's folder anew: weights as they are or with a longer table, config, tokenizer and sentence-transformers' files with their
/// limits raised.</summary>
/// <param name="source">The original's folder.</param>
/// <param name="settings">What it says of its use.</param>
/// <param name="folder">Where to.</param>
/// <param name="target">Tokens of the longest text.</param>
/// <param name="tokens">The embedder's texts.</param>
internal sealed class EmbedderFolder(string source, EmbedderSettings settings, AtomicFolder folder, int target, EmbedderTokens tokens)
{
    private readonly List<string> _files = [];

    /// <summary>Where the transformer lies in the folder: empty, or a name and a slash.</summary>
    private string Inside { get; } = Path.GetRelativePath(source, settings.ModelPath) is var path and not "." ? path + "/" : "";

    /// <summary>Names of what was written.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>The published code of an architecture that Transformers does not have itself; it is copied and never run.</summary>
    /// <param name="transformer">The transformer's folder.</param>
    /// <param name="isNamed">Whether its config has an auto_map, which names it.</param>
    public static IEnumerable<string> Code(string transformer, bool isNamed) => isNamed ? Directory.EnumerateFiles(transformer, "*.py").Order(StringComparer.Ordinal) : [];

    /// <summary>Writes everything but modules.json where there was none.</summary>
    /// <param name="checkpoint">The transformer.</param>
    /// <param name="config">Its config to be.</param>
    /// <param name="table">The longer table, with its name; null for the same weights.</param>
    public void Write(CheckpointFolder checkpoint, JsonObject config, (string Name, WrittenTable Rows)? table)
    {
        if (table is { } longer)
        {
            WriteWeights(checkpoint, longer.Name, longer.Rows);
        }
        else
        {
            foreach (var file in checkpoint.Files)
            {
                Copy(file.Path, Inside + Path.GetFileName(file.Path));
            }
        }

        var isOneFile = table is not null;
        foreach (var path in CheckpointExporter.OtherFiles(settings.ModelPath).Concat(Code(settings.ModelPath, checkpoint.Config.TryGetProperty("auto_map", out _))).Where(p => !isOneFile || Path.GetFileName(p) != CheckpointFolder.IndexName))
        {
            Copy(path, Inside + Path.GetFileName(path));
        }

        if (Inside.Length > 0)
        {
            foreach (var path in CheckpointExporter.OtherFiles(source))
            {
                Copy(path, Path.GetFileName(path));
            }
        }

        foreach (var name in SentenceFiles.InModules(source, Inside.TrimEnd('/')))
        {
            Copy(Path.Combine(source, name), name);
        }

        if (Path.Exists(Path.Combine(source, EmbedderSettingsReader.ModulesName)) && settings.MaxTokens is null)
        {
            Add(Inside + SentenceFiles.LimitName, System.Text.Encoding.UTF8.GetBytes(SentenceFiles.Limit(target)));
        }

        Add(Inside + CheckpointFolder.ConfigName, System.Text.Encoding.UTF8.GetBytes(config.ToJsonString(CheckpointExporter.Json) + "\n"));
    }

    /// <summary>Writes the files of a folder that sentence-transformers had not named yet.</summary>
    public void WriteModules(Pooling pooling, int width) => _files.AddRange(SentenceFiles.Write(folder, pooling, width, normalizes: false, target));

    /// <summary>Writes one more file.</summary>
    public void Add(string name, byte[] bytes)
    {
        folder.WriteAllBytes(name, bytes);
        if (!_files.Contains(name, StringComparer.Ordinal))
        {
            _files.Add(name);
        }
    }

    private void Copy(string path, string name)
    {
        var raised = LengthLimits.Raised(path, target);
        if ((EndedTokenizer.Changed(tokens, path, raised) ?? raised) is { } changed)
        {
            Add(name, changed);
            return;
        }

        folder.Write(name, stream => CheckpointExporter.Copy(path, stream), new FileInfo(path).Length);
        _files.Add(name);
    }

    /// <summary>All tensors in one file. position_ids counts the old table's rows and is no weight: programs that want it make it anew.</summary>
    private void WriteWeights(CheckpointFolder checkpoint, string name, WrittenTable table)
    {
        var tensors = checkpoint.Files
            .SelectMany(file => file.Tensors.Values.Select(tensor => (File: file, Tensor: tensor)))
            .Where(t => !t.Tensor.Name.EndsWith("position_ids", StringComparison.Ordinal))
            .Select(t => t.Tensor.Name == name ? table.Source(checkpoint, name) : TensorSource.Copy(t.File, t.Tensor));
        SafetensorsWriter.Write(folder.PathOf(Inside + CheckpointFolder.WeightsName), [.. tensors], new Dictionary<string, string>(StringComparer.Ordinal) { ["format"] = "pt" });
        _files.Add(Inside + CheckpointFolder.WeightsName);
    }
}
