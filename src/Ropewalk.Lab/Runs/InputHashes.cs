using System.Security.Cryptography;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Lab.Runs;

/// <summary>SHA-256 of what a job reads, so that its records tell whether they are still about the same model and text.</summary>
public static class InputHashes
{
    /// <summary>Hashes of the model's files and of texts, by path as given, in a fixed order.</summary>
    /// <param name="model">Checkpoint folder or GGUF file.</param>
    /// <param name="texts">Text files.</param>
    public static IReadOnlyDictionary<string, string> Of(string model, IEnumerable<string> texts) =>
        ModelFiles(model).Concat(texts).Distinct(StringComparer.Ordinal).ToDictionary(p => p, Sha256, StringComparer.Ordinal);

    private static IEnumerable<string> ModelFiles(string model) => File.Exists(model)
        ? GgufSet.PathsOf(model)
        : [.. Directory.EnumerateFiles(model, "*.safetensors").Order(StringComparer.Ordinal), Path.Combine(model, "config.json"), .. Tokenizer.Files(model)];

    private static string Sha256(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
