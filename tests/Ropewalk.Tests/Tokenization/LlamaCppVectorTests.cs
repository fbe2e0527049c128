using System.Text.Json.Nodes;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>46 texts as llama.cpp encodes them: a second, independent witness.</summary>
public sealed class LlamaCppVectorTests
{
    [SharedTheory]
    [InlineData("llama2", "llama-spm")]
    [InlineData("phi-3-mini", "phi-3")]
    [InlineData("falcon", "falcon")]
    public void Agrees_with_llama_cpp(string folder, string vectors) => Compare(TokenizerFolders.Get(folder), vectors);

    [SharedFact]
    public void Agrees_with_llama_cpp_on_qwen2_whose_files_are_vocab_and_merges() => Compare(Qwen(), "qwen2");

    private static void Compare(Tokenizer tokenizer, string vectors)
    {
        var file = SharedData.Path("data", "tokenizers", "gguf-vocab", $"ggml-vocab-{vectors}.gguf");
        var texts = File.ReadAllText(file + ".inp").Split("\n__ggml_vocab_test__\n");
        var lines = File.ReadAllText(file + ".out").Split('\n');
        Assert.True(texts.Length >= 46);
        var wrong = new List<string>();
        for (var i = 0; i < texts.Length; i++)
        {
            var expected = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
            var found = tokenizer.Encode(texts[i], addSpecialTokens: false);
            if (!expected.SequenceEqual(found))
            {
                wrong.Add($"{i} {System.Text.Json.JsonSerializer.Serialize(texts[i])}: {string.Join(' ', expected)} | {string.Join(' ', found)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static Tokenizer Qwen()
    {
        var folder = TokenizerFolders.Folder("qwen2.5");
        var merges = File.ReadLines(Path.Combine(folder, "merges.txt")).Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal));
        var json = new JsonObject
        {
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Split",
                        ["pattern"] = new JsonObject { ["Regex"] = Llama3Scanner.Qwen2Pattern },
                        ["behavior"] = "Isolated",
                        ["invert"] = false,
                    },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "vocab.json"))),
                ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]),
            },
        };
        return Tokenizer.Parse(json.ToJsonString(), "qwen2.5");
    }
}
