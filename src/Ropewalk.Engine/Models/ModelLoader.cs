using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Models.Gguf;

namespace Ropewalk.Engine.Models;

/// <summary>Opens checkpoints, whatever their files and their architecture.</summary>
public static class ModelLoader
{
    /// <summary>Opens a checkpoint; no weights are read.</summary>
    /// <param name="path">A Hugging Face folder, or a GGUF file (of a split one any part).</param>
    /// <param name="mapped">Whether the blocks of a quantised GGUF file are used where they lie in the mapped file instead of being copied.
    /// A file that becomes shorter while it is mapped ends the process.</param>
    public static Checkpoint Open(string path, bool mapped = false) =>
        File.Exists(path) ? GgufCheckpoint.Open(path, mapped) : CheckpointFolder.Open(path);

    /// <summary>Loads a model.</summary>
    /// <param name="path">As for <see cref="Open"/>.</param>
    /// <param name="mapped">As for <see cref="Open"/>.</param>
    public static LanguageModel Load(string path, bool mapped = false)
    {
        var checkpoint = Open(path, mapped);
        try
        {
            var model = Decoder.Load(checkpoint, ArchitectureOf(checkpoint), mapped);
            if (!mapped)
            {
                checkpoint.Dispose();
            }

            return model;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Loads an opened checkpoint, which the caller goes on owning; if it was opened mapped it must outlive the model.</summary>
    public static LanguageModel Load(Checkpoint checkpoint) => Decoder.Load(checkpoint, ArchitectureOf(checkpoint), ownsCheckpoint: false);

    /// <summary>The rotary encoding of a checkpoint: of its layers with full attention where the others have one of their own.</summary>
    /// <exception cref="CheckpointFormatException">A key is missing, out of range, or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">The architecture or the encoding is not run here.</exception>
    public static RopeConfig RopeOf(Checkpoint checkpoint) => ArchitectureOf(checkpoint).Read(checkpoint.Config, checkpoint.ConfigPath).Rope;

    /// <summary>general.architecture of a checkpoint's GGUF file.</summary>
    /// <exception cref="UnsupportedCheckpointException">The architecture is not one of ours.</exception>
    public static string GgufNameOf(Checkpoint checkpoint) => ArchitectureOf(checkpoint).Graph.Name;

    /// <summary>Whether a checkpoint is an encoder, whose tokens see the whole text.</summary>
    public static bool IsEncoder(Checkpoint checkpoint) =>
        new ConfigFields(checkpoint.Config, checkpoint.ConfigPath).OptionalString("model_type") is { } type && Array.Exists(Architecture.Encoders, a => a.ModelType == type);

    /// <summary>The architecture that a config names, of those that predict the next token.</summary>
    internal static Architecture ArchitectureOf(Checkpoint checkpoint) => ArchitectureOf(checkpoint.Config, checkpoint.ConfigPath);

    /// <summary>The same of a config without weights.</summary>
    internal static Architecture ArchitectureOf(JsonElement config, string file) => Find(config, file, Architecture.All);

    /// <summary>The architecture that a config names, encoder or decoder.</summary>
    internal static Architecture AnyArchitectureOf(Checkpoint checkpoint) => AnyArchitectureOf(checkpoint.Config, checkpoint.ConfigPath);

    /// <summary>The same of a config without weights.</summary>
    internal static Architecture AnyArchitectureOf(JsonElement config, string file) => Find(config, file, [.. Architecture.All, .. Architecture.Encoders]);

    private static Architecture Find(JsonElement config, string file, Architecture[] among)
    {
        var known = string.Join(", ", among.Select(a => a.ModelType));
        var type = new ConfigFields(config, file).OptionalString("model_type")
            ?? throw new CheckpointFormatException(file, "model_type", "nothing", $"one of {known}");
        var found = Array.Find(among, a => a.ModelType == type)
            ?? throw new UnsupportedCheckpointException(file, "model_type", $"\"{type}\"", known);
        RequireCausal(config, file, found);
        return found;
    }

    /// <summary>Refuses a decoder that was made an embedder whose tokens see the whole text: here it would run as a decoder and give other vectors.</summary>
    private static void RequireCausal(JsonElement config, string file, Architecture architecture)
    {
        if (Architecture.All.Contains(architecture) && new ConfigFields(config, file).OptionalBool("is_causal") == false)
        {
            throw new UnsupportedCheckpointException(file, "is_causal", "false", "true, or encoders");
        }
    }
}
