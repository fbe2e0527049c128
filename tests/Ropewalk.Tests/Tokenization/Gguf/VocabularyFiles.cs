using System.Collections.Concurrent;
using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>The metadata of the GGUF files in the shared folder, each read once.</summary>
internal static class VocabularyFiles
{
    private static readonly ConcurrentDictionary<string, GgufMetadata> Loaded = new(StringComparer.Ordinal);

    /// <summary>A file of data/tokenizers/gguf-vocab by its short name, or a model of data/models.</summary>
    public static GgufMetadata Get(string name) => Loaded.GetOrAdd(name, n =>
    {
        using var file = GgufFile.Open(Path(n));
        return file.Metadata;
    });

    public static string Path(string name) => name is "stories260K" or "llama2xs"
        ? SharedData.Path("data", "models", name + ".gguf")
        : SharedData.Path("data", "tokenizers", "gguf-vocab", $"ggml-vocab-{name}.gguf");
}
