using System.Collections.Concurrent;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.Tokenization.Gguf;

namespace Ropewalk.Tests.Tokenization;

/// <summary>The tokenizers of the shared folder, each read once.</summary>
internal static class TokenizerFolders
{
    /// <summary>Before the name of a pre-tokenizer.</summary>
    public const string GptWith = "gpt-2 with ";

    private static readonly ConcurrentDictionary<string, Tokenizer> Loaded = new(StringComparer.Ordinal);

    /// <summary>What <see cref="Get"/> knows, one of each kind.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["llama2", "phi-3-mini", "phi-2", "falcon", "llama2xs", "stories260K", "bytes2m", "gpt-2", "deepseek-coder", GptWith + "qwen2", GptWith + "llama-bpe"];

    /// <summary>A tokenizer by the name of its folder or of its file in gguf-vocab, or GPT-2's tokens with the words of another model.</summary>
    public static Tokenizer Get(string name) => Loaded.GetOrAdd(name, Load);

    private static Tokenizer Load(string name)
    {
        if (name.StartsWith(GptWith, StringComparison.Ordinal))
        {
            var metadata = VocabularyFiles.Get("gpt-2").Without("tokenizer.ggml.pre");
            metadata.Set("tokenizer.ggml.pre", name[GptWith.Length..]);
            return GgufTokenizerReader.Read(metadata).Tokenizer;
        }

        return Tokenizer.Load(name is "gpt-2" or "deepseek-coder" ? VocabularyFiles.Path(name) : Folder(name));
    }

    public static string Folder(string name) =>
        name is "stories260K" or "llama2xs" or "bytes2m"
            ? SharedData.Path("data", "models", name)
            : SharedData.Path("data", "tokenizers", "huggingface", name);
}
