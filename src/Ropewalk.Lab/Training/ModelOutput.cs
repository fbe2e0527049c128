using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Export;

namespace Ropewalk.Lab.Training;

/// <summary>Writes a trained model as a Hugging Face folder, whole or not at all.</summary>
public static class ModelOutput
{
    /// <summary>Name of the model's folder in a run's folder.</summary>
    public const string ModelFolder = "model";

    /// <summary>Name of the adapter's folder in a run's folder.</summary>
    public const string AdapterFolder = "adapter";

    private static readonly Dictionary<string, string> s_metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>Writes a model, adapters merged.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its config.json.</param>
    /// <param name="others">Files beside it: name and bytes.</param>
    /// <param name="type">F32 or BF16.</param>
    /// <param name="target">The folder, which is replaced.</param>
    /// <exception cref="StorageException">It could not be written.</exception>
    public static void Write(TrainableModel model, JsonObject config, IEnumerable<(string Name, byte[] Bytes)> others, StoredType type, string target)
    {
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = type == StoredType.BF16 ? "bfloat16" : "float32";
        using var folder = AtomicFolder.Create(target);
        SafetensorsWriter.Write(folder.PathOf(CheckpointFolder.WeightsName), model.Tensors(type), s_metadata);
        foreach (var (name, bytes) in others)
        {
            folder.WriteAllBytes(name, bytes);
        }

        folder.WriteAllText(CheckpointFolder.ConfigName, config.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.Commit();
    }

    /// <summary>What a folder has beside weights and config; of a GGUF file the tokenizer, as a folder has it.</summary>
    /// <exception cref="CheckpointFormatException">The file's tokenizer is damaged.</exception>
    public static IEnumerable<(string Name, byte[] Bytes)> OtherFiles(Checkpoint checkpoint)
    {
        if (checkpoint is GgufCheckpoint gguf)
        {
            var tokenizer = GgufTokenizerReader.Read(gguf.Metadata, checkpoint.VocabularySize);
            return [("tokenizer.json", tokenizer.TokenizerJson), ("tokenizer_config.json", tokenizer.TokenizerConfigJson)];
        }

        return OtherFiles(checkpoint.Location);
    }

    /// <summary>What a folder has beside weights and config.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> OtherFiles(string folder) =>
        CheckpointExporter.OtherFiles(folder).Where(p => Path.GetFileName(p) != CheckpointFolder.IndexName).Select(p => (Path.GetFileName(p), File.ReadAllBytes(p)));

    /// <summary>Writes the adapters in PEFT's layout.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What they are.</param>
    /// <param name="baseModel">The model that they change.</param>
    /// <param name="target">The folder.</param>
    /// <exception cref="StorageException">It could not be written.</exception>
    public static void WriteAdapter(TrainableModel model, AdapterSettings settings, string baseModel, string target)
    {
        var tensors = model.AdapterTensors();
        using var folder = AtomicFolder.Create(target);
        SafetensorsWriter.Write(folder.PathOf("adapter_model.safetensors"), tensors, s_metadata);
        folder.WriteAllText("adapter_config.json", new JsonObject
        {
            ["peft_type"] = "LORA",
            ["task_type"] = model.IsEncoder ? "FEATURE_EXTRACTION" : "CAUSAL_LM",
            ["base_model_name_or_path"] = baseModel,
            ["r"] = settings.Rank,
            ["lora_alpha"] = settings.Alpha,
            ["lora_dropout"] = 0.0,
            ["bias"] = "none",
            ["fan_in_fan_out"] = false,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["modules_to_save"] = null,
            ["revision"] = null,
            ["use_dora"] = false,
            ["use_rslora"] = false,
            ["target_modules"] = new JsonArray([.. tensors.Select(t => t.Name.Split('.')[^3]).Distinct().Select(n => JsonValue.Create(n))]),
        }.ToJsonString(CheckpointExporter.Json) + "\n");
        folder.Commit();
    }
}
