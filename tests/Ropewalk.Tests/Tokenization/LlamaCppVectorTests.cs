using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>46 texts as llama.cpp encodes them: a second, independent witness.</summary>
public sealed class LlamaCppVectorTests
{
    [SharedTheory]
    [InlineData("llama2", "llama-spm")]
    [InlineData("phi-3-mini", "phi-3")]
    [InlineData("falcon", "falcon")]
    [InlineData("all-MiniLM-L6-v2", "bert-bge")]
    public void Agrees_with_llama_cpp(string folder, string vectors) => Compare(TokenizerFolders.Get(folder), vectors);

    [SharedFact]
    public void Agrees_with_llama_cpp_on_qwen2_whose_files_are_vocab_and_merges() => Compare(TokenizerFolders.Get("qwen2.5"), "qwen2");

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
}
