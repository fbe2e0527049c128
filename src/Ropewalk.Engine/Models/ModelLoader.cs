using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;

namespace Ropewalk.Engine.Models;

/// <summary>Opens a checkpoint by its model_type. A new architecture is one file and one line here.</summary>
public static class ModelLoader
{
    private static readonly Dictionary<string, Func<CheckpointFolder, LanguageModel>> s_architectures = new(StringComparer.Ordinal)
    {
        [Llama.ModelType] = Llama.Load,
    };

    /// <summary>Loads a Hugging Face folder.</summary>
    /// <param name="folder">Its path.</param>
    public static LanguageModel Load(string folder)
    {
        using var checkpoint = CheckpointFolder.Open(folder);
        return Load(checkpoint);
    }

    /// <summary>Loads an opened folder.</summary>
    public static LanguageModel Load(CheckpointFolder checkpoint)
    {
        var type = new ConfigFields(checkpoint.Config, checkpoint.ConfigPath).OptionalString("model_type")
            ?? throw new CheckpointFormatException(checkpoint.ConfigPath, "model_type", "nothing", $"one of {string.Join(", ", s_architectures.Keys)}");
        return s_architectures.TryGetValue(type, out var load)
            ? load(checkpoint)
            : throw new UnsupportedCheckpointException(checkpoint.ConfigPath, "model_type", $"\"{type}\"", string.Join(", ", s_architectures.Keys));
    }
}
