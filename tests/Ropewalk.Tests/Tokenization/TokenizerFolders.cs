using System.Collections.Concurrent;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>The tokenizers of the shared folder, each read once.</summary>
internal static class TokenizerFolders
{
    private static readonly ConcurrentDictionary<string, Tokenizer> Loaded = new(StringComparer.Ordinal);

    public static Tokenizer Get(string name) => Loaded.GetOrAdd(name, n => Tokenizer.Load(Folder(n)));

    public static string Folder(string name) =>
        name is "stories260K" or "llama2xs" or "bytes2m"
            ? SharedData.Path("data", "models", name)
            : SharedData.Path("data", "tokenizers", "huggingface", name);
}
