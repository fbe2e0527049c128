using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>A GGUF file seen as a Hugging Face checkpoint: its metadata as a config, its tensors under Hugging Face's names and with their
/// rows in Hugging Face's order.</summary>
public sealed class GgufCheckpoint : Checkpoint
{
    private static readonly string[] s_ropeTensors = [GgufNames.RopeFreqs, GgufNames.RopeFactorsLong, GgufNames.RopeFactorsShort];

    private readonly GgufSet _file;
    private readonly Dictionary<string, CheckpointTensor> _tensors = new(StringComparer.Ordinal);

    private GgufCheckpoint(string path, GgufSet file, bool mapped)
    {
        Location = path;
        _file = file;
        var architecture = ArchitectureOf(file.Metadata);
        var reader = GgufConfigReader.Read(file, architecture);
        Config = JsonSerializer.SerializeToElement(reader.Config);
        reader.Notes.ForEach(AddNote);
        var spec = architecture.Read(Config, path);
        foreach (var (role, layer, name, _) in RequiredTensors.Of(architecture, spec))
        {
            var suffix = name.EndsWith(".bias", StringComparison.Ordinal) ? ".bias" : ".weight";
            if (file.TryFind(GgufNames.Of(role, layer, suffix), out var tensor, out var part))
            {
                _tensors[name] = GgufCheckpointTensor.Create(name, tensor, part, architecture.GgufRowOrder(role, spec.Shape), GgufCheckpointTensor.OffsetOf(role, suffix, spec), mapped);
            }
        }

        NoteRest();
    }

    /// <inheritdoc/>
    public override string Location { get; }

    /// <inheritdoc/>
    public override string ConfigPath => Location;

    /// <inheritdoc/>
    public override string WeightsPath => Location;

    /// <inheritdoc/>
    public override JsonElement Config { get; }

    /// <inheritdoc/>
    public override IEnumerable<string> TensorNames => _tensors.Keys;

    /// <summary>The file's pairs.</summary>
    public GgufMetadata Metadata => _file.Metadata;

    /// <summary>Whether the file has a tokenizer: one without works with ids alone.</summary>
    public bool HasTokenizer => Metadata.OptionalText("tokenizer.ggml.model") is not (null or "no_vocab" or "none");

    /// <summary>Opens a file, or a split model by any of its parts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapped">Whether block types are used where they lie in the mapped file. A file that becomes shorter then ends the process.</param>
    /// <exception cref="CheckpointFormatException">The file is missing, damaged or contradicts itself.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not one of ours.</exception>
    public static GgufCheckpoint Open(string path, bool mapped = false)
    {
        var file = GgufSet.Open(path, mapped);
        try
        {
            return new GgufCheckpoint(path, file, mapped);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override CheckpointTensor? Find(string name) => _tensors.GetValueOrDefault(name);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _file.Dispose();

    private static Architecture ArchitectureOf(GgufMetadata metadata)
    {
        const string Key = "general.architecture";
        Architecture[] all = [.. Architecture.All, .. Architecture.Encoders];
        var known = all.Select(a => a.Graph.Name).Distinct();
        var name = metadata.OptionalText(Key) ?? metadata.Missing<string>(Key, $"one of {string.Join(", ", known)}");
        return Array.Find(all, a => a.Graph.Name == name)
            ?? throw new UnsupportedCheckpointException(metadata.File, Key, $"\"{Printable.OneLine(name, 80)}\"", string.Join(", ", known));
    }

    private void NoteRest()
    {
        foreach (var file in _file.Files.Where(f => f.TailBytes > 0))
        {
            AddNote($"{file.Path}: {file.TailBytes} bytes after the last tensor are ignored");
        }

        var used = _tensors.Values.Cast<GgufCheckpointTensor>().Select(t => t.StoredName).Concat(s_ropeTensors).ToHashSet(StringComparer.Ordinal);
        var extra = _file.TensorNames.Where(n => !used.Contains(n)).ToList();
        if (extra.Count > 0)
        {
            AddNote($"{extra.Count} tensors that this model does not use: {string.Join(", ", extra.Take(8))}{(extra.Count > 8 ? ", ..." : "")}");
        }
    }
}
