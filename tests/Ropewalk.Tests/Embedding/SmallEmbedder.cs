using System.Text.Json.Nodes;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Embedding;

/// <summary>A sentence-transformers folder: all-MiniLM-L6-v2's own files around a small random network with its vocabulary.</summary>
internal static class SmallEmbedder
{
    /// <summary>D.</summary>
    public const int Width = 24;

    /// <summary>Writes it into an empty folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="config">A whole config with 30,522 tokens and a width of <see cref="Width"/>; null for MiniLM's, made smaller.</param>
    public static void Write(TemporaryFolder folder, string? config = null)
    {
        var source = SharedData.Path("data", "tokenizers", "huggingface", "all-MiniLM-L6-v2");
        foreach (var name in (string[])["modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "tokenizer.json", "tokenizer_config.json"])
        {
            File.Copy(Path.Combine(source, name), folder.PathOf(name));
        }

        Directory.CreateDirectory(folder.PathOf("1_Pooling"));
        Change(Path.Combine(source, "1_Pooling", "config.json"), folder.PathOf("1_Pooling/config.json"), $$"""{"word_embedding_dimension":{{Width}}}""");
        config ??= RandomCheckpoint.Config(File.ReadAllText(Path.Combine(source, "config.json")), $$"""{"hidden_size":{{Width}},"num_attention_heads":2,"num_hidden_layers":2,"intermediate_size":48}""");
        RandomCheckpoint.Write(folder, config, 700);
    }

    /// <summary>Changes keys of a JSON file; null takes a key away.</summary>
    public static void Change(string file, string changes) => Change(file, file, changes);

    private static void Change(string source, string target, string changes)
    {
        var root = JsonNode.Parse(File.ReadAllText(source))!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(changes)!.AsObject().ToList())
        {
            if (value is null)
            {
                root.Remove(key);
            }
            else
            {
                root[key] = value.DeepClone();
            }
        }

        File.WriteAllText(target, root.ToJsonString());
    }
}
