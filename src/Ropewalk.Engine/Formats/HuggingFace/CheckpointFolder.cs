using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Ropewalk.Engine.Formats.Safetensors;

namespace Ropewalk.Engine.Formats.HuggingFace;

/// <summary>An open Hugging Face folder: its config.json and the tensors of its safetensors file or shards. Nothing in the folder is ever run.</summary>
public sealed class CheckpointFolder : Checkpoint
{
    /// <summary>Name of the configuration.</summary>
    public const string ConfigName = "config.json";

    /// <summary>Name of the weights where they are one file.</summary>
    public const string WeightsName = "model.safetensors";

    /// <summary>Name of the list of shards where they are several.</summary>
    public const string IndexName = "model.safetensors.index.json";

    private const string Expected = "a folder with config.json and model.safetensors (or model.safetensors.index.json and its shards), or a GGUF file";
    private const int ShownCharacters = 80;

    /// <summary>Keys by which other programs run code from the folder or the network.</summary>
    private static readonly string[] CodeKeys = ["auto_map", "custom_code", "trust_remote_code", "_attn_implementation_internal", "custom_pipelines"];

    private readonly List<SafetensorsFile> files = [];
    private readonly Dictionary<string, (TensorEntry Tensor, SafetensorsFile File)> tensors = new(StringComparer.Ordinal);

    private CheckpointFolder(string folder, JsonElement config)
    {
        Folder = folder;
        Config = config;
    }

    /// <summary>The folder as it was given.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public override string Location => Folder;

    /// <inheritdoc/>
    public override JsonElement Config { get; }

    /// <inheritdoc/>
    public override string ConfigPath => Path.Combine(Folder, ConfigName);

    /// <inheritdoc/>
    public override string WeightsPath => files.Count == 1 ? files[0].Path : Path.Combine(Folder, IndexName);

    /// <summary>The open weight files.</summary>
    public IReadOnlyList<SafetensorsFile> Files => files;

    /// <inheritdoc/>
    public override IEnumerable<string> TensorNames => tensors.Keys;

    /// <summary>Opens a folder and checks config, index and all headers; no weights are read.</summary>
    /// <exception cref="CheckpointFormatException">Something is missing, damaged or contradicts itself.</exception>
    /// <exception cref="UnsupportedCheckpointException">The weights are in a format that is not read, e.g. a pickle.</exception>
    public static CheckpointFolder Open(string folder)
    {
        RequireFolder(folder);
        var configPath = Path.Combine(folder, ConfigName);
        if (!Exists(configPath))
        {
            throw new CheckpointFormatException(folder, "folder", $"no {ConfigName} ({Contents(folder)})", Expected);
        }

        var config = JsonFile.Read(configPath);
        if (config.ValueKind != JsonValueKind.Object)
        {
            throw new CheckpointFormatException(configPath, "content", "a list", "an object");
        }

        var checkpoint = new CheckpointFolder(folder, config);
        try
        {
            checkpoint.OpenWeights();
            checkpoint.NoteCode();
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor over all files.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out TensorEntry? tensor, [NotNullWhen(true)] out SafetensorsFile? file)
    {
        var found = tensors.TryGetValue(name, out var place);
        (tensor, file) = place;
        return found;
    }

    /// <inheritdoc/>
    public override CheckpointTensor? Find(string name) =>
        tensors.TryGetValue(name, out var place) ? new SafetensorsTensor(place.Tensor, place.File) : null;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var file in files)
        {
            file.Dispose();
        }
    }

    private static void RequireFolder(string folder)
    {
        if (string.IsNullOrWhiteSpace(folder) || folder.Contains('\0'))
        {
            throw new CheckpointFormatException($"'{folder}'", "path", "a name that no folder can have", Expected);
        }

        if (File.Exists(folder))
        {
            throw new CheckpointFormatException(folder, "folder", "a file", Expected);
        }

        if (!Directory.Exists(folder))
        {
            throw new CheckpointFormatException(folder, "folder", "nothing there", Expected);
        }
    }

    /// <summary>True for anything of that name, a broken link too: opening it then says what is wrong.</summary>
    private static bool Exists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    /// <summary>A few names from the folder for a message.</summary>
    private static string Contents(string folder)
    {
        const int Shown = 6;
        var names = FileNames(folder).Order(StringComparer.Ordinal).Take(Shown + 1).Select(name => Printable.OneLine(name, ShownCharacters)).ToArray();
        return names.Length == 0 ? "it is empty" : $"it has {string.Join(", ", names.Take(Shown))}{(names.Length > Shown ? ", ..." : "")}";
    }

    private static string[] FileNames(string folder)
    {
        const int Looked = 10_000;
        try
        {
            return Directory.EnumerateFileSystemEntries(folder).Take(Looked).Select(path => Path.GetFileName(path)!).ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointFormatException(folder, "folder", "no permission to list it", Expected);
        }
    }

    private void OpenWeights()
    {
        var single = Path.Combine(Folder, WeightsName);
        var indexPath = Path.Combine(Folder, IndexName);
        if (Exists(single))
        {
            if (Exists(indexPath))
            {
                AddNote($"{indexPath} is ignored, because {WeightsName} holds the weights");
            }

            Add(SafetensorsFile.Open(single), index: null, indexPath);
        }
        else if (Exists(indexPath))
        {
            OpenShards(indexPath);
        }
        else
        {
            RefuseOtherWeights();
        }
    }

    private void OpenShards(string indexPath)
    {
        var index = WeightIndex.Read(indexPath);
        foreach (var shard in index.Shards)
        {
            var path = Path.Combine(Folder, shard);
            if (!Exists(path))
            {
                throw new CheckpointFormatException(indexPath, "weight_map", $"the file '{shard}', which is missing", "all shards in the folder; is the download complete?");
            }

            Add(SafetensorsFile.Open(path), index, indexPath);
        }

        foreach (var (name, shard) in index.ShardOf)
        {
            if (!tensors.TryGetValue(name, out var place) || Path.GetFileName(place.File.Path) != shard)
            {
                throw new CheckpointFormatException(Path.Combine(Folder, shard), $"tensor '{Printable.OneLine(name, ShownCharacters)}'",
                    "nothing", $"the tensor, as {IndexName} says");
            }
        }

        var totalBytes = tensors.Values.Sum(place => place.Tensor.LengthBytes);
        if (index.TotalSizeBytes is { } said && said != totalBytes)
        {
            AddNote($"{indexPath}: total_size is {said:F0}, the tensors take {totalBytes} bytes");
        }
    }

    private void Add(SafetensorsFile file, WeightIndex? index, string indexPath)
    {
        files.Add(file);
        var caseless = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var unlisted = 0;
        foreach (var (name, tensor) in file.Tensors)
        {
            if (!caseless.Add(name))
            {
                throw new CheckpointFormatException(file.Path, $"tensor '{Printable.OneLine(name, ShownCharacters)}'",
                    "a name that differs from another by case only", "names that differ by more");
            }

            if (!tensors.TryAdd(name, (tensor, file)))
            {
                throw new CheckpointFormatException(file.Path, $"tensor '{Printable.OneLine(name, ShownCharacters)}'",
                    $"it also in {Path.GetFileName(tensors[name].File.Path)}", "each tensor in one shard");
            }

            unlisted += index is not null && !index.ShardOf.ContainsKey(name) ? 1 : 0;
        }

        if (unlisted > 0)
        {
            AddNote($"{file.Path}: {unlisted} tensors are not listed in {Path.GetFileName(indexPath)}");
        }
    }

    private void RefuseOtherWeights()
    {
        var names = FileNames(Folder).Order(StringComparer.Ordinal).ToArray();
        foreach (var name in names)
        {
            var kind = Path.GetExtension(name).ToUpperInvariant() switch
            {
                ".BIN" or ".PT" or ".PTH" or ".CKPT" or ".PKL" => "a Python pickle, which can run code when it is loaded",
                ".GGUF" => "a GGUF file, found by its folder,",
                ".H5" or ".MSGPACK" or ".ONNX" or ".NPZ" => "weights of another framework",
                ".ZIP" or ".TAR" or ".GZ" or ".TGZ" or ".ZST" or ".7Z" => "an archive, which is not unpacked",
                _ => null,
            };
            if (kind is not null && !name.Equals("training_args.bin", StringComparison.OrdinalIgnoreCase))
            {
                throw new UnsupportedCheckpointException(Path.Combine(Folder, name), "weights", kind, ForeignContent.SupportedWeights);
            }
        }

        var hint = names.Any(name => name.EndsWith(".incomplete", StringComparison.OrdinalIgnoreCase)) ? "; a download is not finished"
            : names.Contains("adapter_model.safetensors", StringComparer.Ordinal) ? "; an adapter alone is no model, merge it into its base model first"
            : "";
        throw new CheckpointFormatException(Folder, "folder", $"no {WeightsName} ({Contents(Folder)})", Expected + hint);
    }

    private void NoteCode()
    {
        foreach (var key in CodeKeys)
        {
            if (Config.TryGetProperty(key, out _))
            {
                AddNote($"{ConfigPath}: {key} asks for code that is not part of this program; it is never run");
            }
        }
    }
}
