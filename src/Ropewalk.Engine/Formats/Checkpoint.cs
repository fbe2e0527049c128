using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Formats;

/// <summary>An open model, whatever its files: a configuration in Hugging Face's keys and tensors under Hugging Face's names.
/// No weights are in memory, and nothing in the files is ever run.</summary>
public abstract class Checkpoint : IDisposable
{
    private readonly List<string> _notes = [];

    /// <summary>The folder or file as it was given.</summary>
    public abstract string Location { get; }

    /// <summary>The file to name in errors about the configuration.</summary>
    public abstract string ConfigPath { get; }

    /// <summary>The file to name in errors about all the weights.</summary>
    public abstract string WeightsPath { get; }

    /// <summary>The configuration, a JSON object; read it with <see cref="ConfigFields"/>.</summary>
    public abstract JsonElement Config { get; }

    /// <summary>Names of all tensors, in the files' order.</summary>
    public abstract IEnumerable<string> TensorNames { get; }

    /// <summary>The last part of the path, for people.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Location)));

    /// <summary>Rows of the embedding: the config's vocab_size.</summary>
    public int VocabularySize => new ConfigFields(Config, ConfigPath).RequiredInt("vocab_size", 1, 1 << 24);

    /// <summary>What works but should be known to the user, one line each.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Finds a tensor, or null.</summary>
    public abstract CheckpointTensor? Find(string name);

    /// <summary>Adds a note, e.g. tensors that the model does not use.</summary>
    public void AddNote(string note) => _notes.Add(Printable.OneLine(note));

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the files.</summary>
    protected abstract void Dispose(bool disposing);
}
