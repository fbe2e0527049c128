using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;

namespace Ropewalk.Lab.Doctor;

/// <summary>The files of a checkpoint that say something of positions. No weights are read, and none are needed.</summary>
internal sealed class DoctorInput
{
    /// <summary>Creates it from parts.</summary>
    public DoctorInput(string file, JsonElement config, string? folder = null, GgufFacts? gguf = null)
    {
        Rope = new RopeSettings(file, config);
        Folder = folder;
        Gguf = gguf;
    }

    /// <summary>The settings.</summary>
    public RopeSettings Rope { get; }

    /// <summary>The Hugging Face folder, if there is one.</summary>
    public string? Folder { get; }

    /// <summary>The GGUF file's own keys, if it is one.</summary>
    public GgufFacts? Gguf { get; }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="model">A Hugging Face folder, a config.json alone, or a GGUF file.</param>
    /// <param name="config">A config to judge instead of the checkpoint's own, or null.</param>
    /// <exception cref="CheckpointFormatException">A file is missing or no JSON object, or the GGUF file is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The GGUF file's architecture is unknown here.</exception>
    public static DoctorInput Read(string model, string? config)
    {
        var folder = Directory.Exists(model) ? model : null;
        if (config is not null)
        {
            RequireThere(model);
            return new(config, Config(config), folder);
        }

        if (folder is not null)
        {
            var path = Path.Combine(folder, CheckpointFolder.ConfigName);
            return new(path, Config(path), folder);
        }

        RequireThere(model);
        if (!model.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return new(model, Config(model));
        }

        using var file = GgufSet.Open(model);
        var facts = new GgufFacts(file);
        return new(model, facts.HasContradiction ? JsonElement.Parse("{}") : OwnConfig(model), gguf: facts);
    }

    /// <summary>A JSON file of the folder, or null where it is not there.</summary>
    public JsonElement? Json(string name, out string path)
    {
        path = Folder is null ? name : Path.Combine(Folder, name);
        return Folder is not null && File.Exists(path) ? JsonFile.Read(path, maximumBytes: 64 << 20) : null;
    }

    private static JsonElement OwnConfig(string model)
    {
        using var checkpoint = ModelLoader.Open(model);
        return checkpoint.Config;
    }

    private static void RequireThere(string path)
    {
        if (!Path.Exists(path))
        {
            throw new CheckpointFormatException(path, "file", "nothing there", "a Hugging Face folder, a config.json or a GGUF file");
        }
    }

    private static JsonElement Config(string path)
    {
        var config = JsonFile.Read(path);
        return config.ValueKind == JsonValueKind.Object ? config : throw new CheckpointFormatException(path, "content", "a list", "an object");
    }
}
