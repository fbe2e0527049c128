using System.Text.Json.Nodes;

namespace Ropewalk.Benchmarks;

/// <summary>A folder with a tokenizer.json: the given one, or for Qwen2.5, published here as vocab.json and merges.txt, one put together from them.</summary>
internal sealed class BenchmarkTokenizer : IDisposable
{
    private const string QwenPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly bool _isTemporary;

    private BenchmarkTokenizer(string folder, bool isTemporary)
    {
        Folder = folder;
        _isTemporary = isTemporary;
    }

    public string Folder { get; }

    /// <summary>Its tokenizer_config.json, where there is one.</summary>
    public string? Config => Path.Combine(Folder, "tokenizer_config.json") is var file && File.Exists(file) ? file : null;

    public static BenchmarkTokenizer Open(string folder)
    {
        if (File.Exists(Path.Combine(folder, "tokenizer.json")))
        {
            return new BenchmarkTokenizer(folder, isTemporary: false);
        }

        var merges = File.ReadLines(Path.Combine(folder, "merges.txt")).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal));
        var json = new JsonObject
        {
            ["added_tokens"] = new JsonArray(),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = QwenPattern }, ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
            },
            ["post_processor"] = null,
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "vocab.json"))),
                ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]),
            },
        };
        var made = Directory.CreateTempSubdirectory("ropewalk-bench-").FullName;
        File.WriteAllText(Path.Combine(made, "tokenizer.json"), json.ToJsonString());
        return new BenchmarkTokenizer(made, isTemporary: true);
    }

    public void Dispose()
    {
        if (_isTemporary)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }
}
