using System.Text;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Contrastive;

/// <summary>Writes a trained embedder as a sentence-transformers folder, whole or not at all.</summary>
public static class EmbedderOutput
{
    private const string TokenizerConfig = "tokenizer_config.json";

    /// <summary>Writes one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="config">Its config.json.</param>
    /// <param name="others">Tokenizer and whatever else lies beside it.</param>
    /// <param name="settings">Pooling, prompts and the longest text.</param>
    /// <param name="type">F32 or BF16.</param>
    /// <param name="target">The folder, which is replaced.</param>
    /// <exception cref="Engine.Formats.StorageException">It could not be written.</exception>
    public static void Write(TrainableModel model, JsonObject config, IEnumerable<(string Name, byte[] Bytes)> others, EmbedderSettings settings, StoredType type, string target)
    {
        if (!model.IsEncoder)
        {
            // The head is not written, so nobody may look for it.
            config["tie_word_embeddings"] = true;
        }

        var files = EmbedderSettingsWriter.Files(settings, model.Shape.HiddenWidth).ToList();
        ModelOutput.Write(model, config, [.. others.Where(o => files.TrueForAll(f => f.Name != o.Name)), .. files], type, target);
    }

    /// <summary>What lies beside a transformer's weights, limits of length raised and the end of texts marked, and the published code that its config names.</summary>
    /// <param name="folder">The transformer's folder.</param>
    /// <param name="config">Its config.json.</param>
    /// <param name="maxTokens">The new limit.</param>
    /// <param name="tokens">The embedder's texts.</param>
    public static IEnumerable<(string Name, byte[] Bytes)> OtherFiles(string folder, JsonObject config, int maxTokens, EmbedderTokens tokens) => ModelOutput.OtherFiles(folder)
        .Select(file => (file.Name, Bytes: LengthLimits.Raised(Path.Combine(folder, file.Name), maxTokens) ?? file.Bytes))
        .Select(file => (file.Name, EndedTokenizer.Changed(tokens, file.Name, file.Bytes) ?? file.Bytes))
        .Concat(EmbedderFolder.Code(folder, config.ContainsKey("auto_map")).Select(path => (Path.GetFileName(path), File.ReadAllBytes(path))));

    /// <summary>tokenizer_config.json of a new embedder, with a token to fill up batches elsewhere.</summary>
    public static (string Name, byte[] Bytes) NewTokenizerConfig(string endToken, int maxTokens) => (TokenizerConfig, Encoding.UTF8.GetBytes(new JsonObject
    {
        ["tokenizer_class"] = "PreTrainedTokenizerFast",
        ["eos_token"] = endToken,
        ["pad_token"] = endToken,
        ["add_bos_token"] = false,
        ["model_max_length"] = maxTokens,
        ["clean_up_tokenization_spaces"] = false,
    }.ToJsonString(CheckpointExporter.Json) + "\n"));
}
