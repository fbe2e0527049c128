using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Export;

/// <summary>Turns a checkpoint into one of another format or of another stored type. Nothing is left behind where it fails.</summary>
public static class ModelConverter
{
    private const string Option = "OUT";

    private static readonly Dictionary<string, GgmlType> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        ["f32"] = GgmlType.F32,
        ["f16"] = GgmlType.F16,
        ["bf16"] = GgmlType.BF16,
        ["q8_0"] = GgmlType.Q8_0,
    };

    /// <summary>Names of the types that can be asked for.</summary>
    public static string TypeNames => string.Join(", ", s_types.Keys);

    /// <summary>Converts.</summary>
    /// <param name="source">A Hugging Face folder or a GGUF file.</param>
    /// <param name="target">A file that ends in .gguf, or a folder; neither may be there already.</param>
    /// <param name="typeName">Type of the matrices, one of <see cref="TypeNames"/>; null keeps each one's own.</param>
    /// <param name="writing">Told what is written: tensor, bytes so far, bytes in all.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are written too.</param>
    /// <exception cref="UserInputException">The target or the type cannot be used.</exception>
    /// <exception cref="CheckpointFormatException">The source is damaged.</exception>
    /// <exception cref="UnsupportedCheckpointException">The target's format cannot express the model.</exception>
    /// <exception cref="StorageException">The disk is full or fails.</exception>
    public static Conversion Convert(string source, string target, string? typeName, Action<string, long>? writing = null, bool allowNonFinite = false)
    {
        GgmlType? type = typeName is null ? null
            : s_types.TryGetValue(typeName, out var known) ? known
            : throw new UserInputException($"--type: found \"{Printable.OneLine(typeName)}\", expected one of {TypeNames}");
        var isGguf = target.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase);
        if (isGguf)
        {
            OutputFolder.RequireFile(target, Option);
            if (File.Exists(target))
            {
                throw new UserInputException($"{Option}: found a file at {target}, expected a name that is free");
            }
        }
        else
        {
            OutputFolder.RequireEmpty(target, Option);
            if (type == GgmlType.Q8_0)
            {
                throw new UserInputException("--type: found q8_0 for a Hugging Face folder, expected f32, f16 or bf16 (block types live in GGUF files)");
            }
        }

        using var checkpoint = ModelLoader.Open(source);
        var notes = isGguf ? WriteGguf(checkpoint, checkpoint, target, type, writing, allowNonFinite) : WriteFolder(checkpoint, target, type, writing, allowNonFinite);
        using var written = ModelLoader.Open(target);
        return new Conversion(
            written.TensorNames.Count(), isGguf ? new FileInfo(target).Length : Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), [.. checkpoint.Notes, .. notes]);
    }

    /// <summary>Writes a checkpoint's weights and tokenizer into a folder; its config is the caller's.</summary>
    /// <returns>The type of the matrices.</returns>
    internal static GgmlType WriteWeightsAndTokenizer(Checkpoint checkpoint, AtomicFolder folder, GgmlType? type, List<string> notes, Action<string, long>? writing = null, bool allowNonFinite = false)
    {
        var stored = WeightsWriter.Write(checkpoint, folder.PathOf(CheckpointFolder.WeightsName), type, notes, writing, allowNonFinite);
        if (checkpoint is GgufCheckpoint gguf)
        {
            if (gguf.HasTokenizer)
            {
                var tokenizer = GgufTokenizerReader.Read(gguf.Metadata, checkpoint.VocabularySize);
                folder.WriteAllBytes("tokenizer.json", tokenizer.TokenizerJson);
                folder.WriteAllBytes("tokenizer_config.json", tokenizer.TokenizerConfigJson);
                notes.AddRange(tokenizer.Notes);
            }
            else
            {
                notes.Add($"{checkpoint.Location} has no tokenizer, and so has the folder");
            }
        }
        else
        {
            // All weights are in one file now.
            foreach (var path in CheckpointExporter.OtherFiles(checkpoint.Location).Where(p => Path.GetFileName(p) != CheckpointFolder.IndexName))
            {
                folder.Write(Path.GetFileName(path), stream => CheckpointExporter.Copy(path, stream), new FileInfo(path).Length);
            }
        }

        return stored;
    }

    /// <summary>What a GGUF file says of itself goes into the next one: tokenizer, name, licence, pooling; not how its numbers are stored.
    /// llama.cpp reads Phi-3's tokens otherwise under another name.</summary>
    private static bool IsKept(string key) => key.StartsWith("tokenizer.", StringComparison.Ordinal) || key.EndsWith(".pooling_type", StringComparison.Ordinal)
        || (key.StartsWith("general.", StringComparison.Ordinal) && key is not ("general.architecture" or "general.file_type" or "general.quantization_version" or "general.alignment"));

    /// <summary>Writes a GGUF file.</summary>
    /// <param name="checkpoint">What is written.</param>
    /// <param name="original">Where the tokenizer is: the same, but for a checkpoint whose config was changed.</param>
    /// <param name="target">The file.</param>
    /// <param name="type">Type of the matrices, or null.</param>
    /// <param name="writing">Told each tensor's name and bytes before it is written.</param>
    /// <param name="allowNonFinite">Whether NaN and infinity are written too.</param>
    /// <returns>What the user should know.</returns>
    internal static IReadOnlyList<string> WriteGguf(Checkpoint checkpoint, Checkpoint original, string target, GgmlType? type, Action<string, long>? writing, bool allowNonFinite)
    {
        var notes = new List<string>();
        notes.AddRange(GgufExport.Write(checkpoint, target, type, AddTokenizer, writing, allowNonFinite));
        return notes;

        void AddTokenizer(GgufMetadata metadata)
        {
            if (original is GgufCheckpoint gguf)
            {
                foreach (var key in gguf.Metadata.Keys.Where(IsKept))
                {
                    metadata.Set(key, gguf.Metadata.TryGet(key, out var value) ? value : throw new InvalidOperationException(key));
                }
            }
            else if (File.Exists(Path.Combine(original.Location, "tokenizer.json")))
            {
                notes.AddRange(GgufTokenizerWriter.Write(original.Location, metadata, checkpoint.VocabularySize));
            }
            else
            {
                metadata.Set("tokenizer.ggml.model", "no_vocab");
                notes.Add($"{original.Location} has no tokenizer.json: the file has no tokenizer, and llama.cpp takes ids alone");
            }
        }
    }

    private static List<string> WriteFolder(Checkpoint checkpoint, string target, GgmlType? type, Action<string, long>? writing, bool allowNonFinite)
    {
        var notes = new List<string>();
        using var folder = AtomicFolder.Create(target);
        var stored = WriteWeightsAndTokenizer(checkpoint, folder, type, notes, writing, allowNonFinite);
        WriteModules(checkpoint, folder, notes);
        var config = JsonObject.Create(checkpoint.Config)!;
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = WeightsWriter.TorchName(stored);
        folder.WriteAllText(CheckpointFolder.ConfigName, config.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.Commit();
        return notes;
    }

    /// <summary>What makes a folder an embedder: copied from a folder that has it, made of a file's pooling type. llama.cpp's tools divide the vectors of
    /// a file by their length, so the folder says that too.</summary>
    private static void WriteModules(Checkpoint checkpoint, AtomicFolder folder, List<string> notes)
    {
        if (checkpoint is not GgufCheckpoint gguf)
        {
            foreach (var name in SentenceFiles.InModules(checkpoint.Location))
            {
                var path = Path.Combine(checkpoint.Location, name);
                folder.Write(name, stream => CheckpointExporter.Copy(path, stream), new FileInfo(path).Length);
            }

            return;
        }

        var settings = EmbedderSettingsReader.Read(gguf);
        if (settings.Pooling is { } pooling)
        {
            var window = EncoderDescription.Find(checkpoint.Config, checkpoint.ConfigPath)?.Window ?? ModelLoader.RopeOf(checkpoint).ScaledContext;
            SentenceFiles.Write(folder, pooling, new ConfigFields(checkpoint.Config, checkpoint.ConfigPath).RequiredInt("hidden_size", 1, 1 << 20), settings.Normalizes, window);
        }
        else if (ModelLoader.IsEncoder(checkpoint))
        {
            notes.Add($"{checkpoint.Location} has no pooling_type: the folder has no {EmbedderSettingsReader.ModulesName}, and embed asks for --pooling");
        }
    }
}
