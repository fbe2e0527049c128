using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Architectures;

namespace Ropewalk.Engine.Models;

/// <summary>Opens a checkpoint by its model_type. A new architecture is one file and one line here.</summary>
public static class ModelLoader
{
    private static readonly Architecture[] s_architectures =
        [new Llama(), new Mistral(), new Qwen2(), new Qwen3(), new Phi3(), new GptNeoX(), new Gemma3Text()];

    /// <summary>Loads a model.</summary>
    /// <param name="path">A Hugging Face folder.</param>
    public static LanguageModel Load(string path)
    {
        using var checkpoint = CheckpointFolder.Open(path);
        return Load(checkpoint);
    }

    /// <summary>Loads an opened checkpoint.</summary>
    public static LanguageModel Load(Checkpoint checkpoint) => Decoder.Load(checkpoint, ArchitectureOf(checkpoint));

    /// <summary>The architecture that a config names.</summary>
    internal static Architecture ArchitectureOf(Checkpoint checkpoint)
    {
        var known = string.Join(", ", s_architectures.Select(a => a.ModelType));
        var type = new ConfigFields(checkpoint.Config, checkpoint.ConfigPath).OptionalString("model_type")
            ?? throw new CheckpointFormatException(checkpoint.ConfigPath, "model_type", "nothing", $"one of {known}");
        return s_architectures.FirstOrDefault(a => a.ModelType == type)
            ?? throw new UnsupportedCheckpointException(checkpoint.ConfigPath, "model_type", $"\"{type}\"", known);
    }
}
