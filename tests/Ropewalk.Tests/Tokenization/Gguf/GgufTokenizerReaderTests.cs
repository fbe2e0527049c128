using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>Tokenizers from metadata alone against llama.cpp's vectors and Hugging Face's files.</summary>
public sealed class GgufTokenizerReaderTests
{
    [SharedTheory]
    [InlineData("llama-spm")]
    [InlineData("phi-3")]
    [InlineData("gpt-2")]
    [InlineData("deepseek-coder")]
    [InlineData("falcon")]
    public void Agrees_with_llama_cpp(string name)
    {
        var path = VocabularyFiles.Path(name);
        var tokenizer = GgufTokenizerReader.Read(VocabularyFiles.Get(name)).Tokenizer;
        var texts = File.ReadAllText(path + ".inp").Split("\n__ggml_vocab_test__\n");
        var lines = File.ReadAllText(path + ".out").Split('\n');
        Assert.True(texts.Length >= 46);
        var wrong = new List<string>();
        for (var i = 0; i < texts.Length; i++)
        {
            var expected = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse).ToArray();
            var found = tokenizer.Encode(texts[i], addSpecialTokens: false);
            if (!expected.SequenceEqual(found))
            {
                wrong.Add($"{i} {JsonSerializer.Serialize(texts[i])}: {string.Join(' ', expected)} | {string.Join(' ', found)}");
            }

            if (tokenizer.Decode(expected) != texts[i])
            {
                wrong.Add($"{i} {JsonSerializer.Serialize(texts[i])}: decoded {JsonSerializer.Serialize(tokenizer.Decode(expected))}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [SharedFact]
    public void A_word_piece_table_is_the_tokenizer_of_its_folder()
    {
        var tokenizer = GgufTokenizerReader.Read(VocabularyFiles.Get("bert-bge")).Tokenizer;
        var folder = TokenizerFolders.Get("all-MiniLM-L6-v2");
        var file = VocabularyFiles.Path("bert-bge");
        var texts = File.ReadAllText(file + ".inp").Split("\n__ggml_vocab_test__\n");
        var lines = File.ReadAllText(file + ".out").Split('\n');
        Assert.Equal(30522, tokenizer.VocabularySize);
        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse), tokenizer.Encode(texts[i], addSpecialTokens: false));
        }

        foreach (var text in HardTexts.All.Concat(texts))
        {
            var ids = folder.Encode(text);
            Assert.Equal(ids, tokenizer.Encode(text));
            Assert.Equal(folder.Decode(ids), tokenizer.Decode(ids));
            Assert.Equal(folder.Decode(ids, skipSpecialTokens: true), tokenizer.Decode(ids, skipSpecialTokens: true));
        }

        Assert.Equal("[CLS] the [UNK] [SEP]", tokenizer.Decode(tokenizer.Encode("the \u2603\u2603x")));
        Assert.Equal(101, tokenizer.BosToken);
        Assert.Equal(102, tokenizer.EosToken);
    }

    /// <summary>Hugging Face's converter made these lists from the SentencePiece models; ours come from the scores.</summary>
    [SharedTheory]
    [InlineData("phi-3", "phi-3-mini", 61249)]
    [InlineData("stories260K", "stories260K", 165)]
    [InlineData("llama2xs", "llama2xs", 165)]
    public void Scores_become_the_merges_that_Hugging_Face_has(string name, string folder, int count)
    {
        var ours = JsonNode.Parse(GgufTokenizerReader.Read(VocabularyFiles.Get(name)).TokenizerJson)!;
        var theirs = JsonNode.Parse(File.ReadAllBytes(Path.Combine(TokenizerFolders.Folder(folder), "tokenizer.json")))!;
        var merges = Merges(ours);
        Assert.Equal(count, merges.Length);
        Assert.Equal(Merges(theirs), merges);
    }

    [SharedTheory]
    [InlineData("stories260K")]
    [InlineData("llama2xs")]
    public void Encodes_as_the_folder_of_the_same_model(string name)
    {
        var folder = TokenizerFolders.Get(name);
        var tokenizer = GgufTokenizerReader.Read(VocabularyFiles.Get(name), 512).Tokenizer;
        foreach (var text in HardTexts.All)
        {
            Assert.Equal(folder.Encode(text), tokenizer.Encode(text));
            Assert.Equal(folder.Decode(folder.Encode(text), skipSpecialTokens: true), tokenizer.Decode(folder.Encode(text), skipSpecialTokens: true));
        }

        Assert.Equal(folder.BosToken, tokenizer.BosToken);
        Assert.Equal(folder.EosToken, tokenizer.EosToken);
        Assert.Equal(folder.AddsBos, tokenizer.AddsBos);
    }

    [SharedTheory]
    [InlineData("phi-3")]
    [InlineData("falcon")]
    [InlineData("deepseek-coder")]
    public void The_files_it_makes_load_as_the_same_tokenizer(string name)
    {
        var made = GgufTokenizerReader.Read(VocabularyFiles.Get(name));
        using var folder = new Formats.TemporaryFolder();
        folder.Write("tokenizer.json", made.TokenizerJson);
        folder.Write("tokenizer_config.json", made.TokenizerConfigJson);
        var loaded = Tokenizer.Load(folder.Root);
        Assert.Empty(loaded.Notes);
        Assert.Equal(made.Tokenizer.BosToken, loaded.BosToken);
        Assert.Equal(made.Tokenizer.EosToken, loaded.EosToken);
        foreach (var text in HardTexts.All)
        {
            Assert.Equal(made.Tokenizer.Encode(text), loaded.Encode(text));
        }
    }

    [SharedFact]
    public void Keeps_the_chat_template()
    {
        var phi = GgufTokenizerReader.Read(VocabularyFiles.Get("phi-3"));
        Assert.StartsWith("{{ bos_token }}{% for message in messages %}", phi.ChatTemplate, StringComparison.Ordinal);
        Assert.Equal(phi.ChatTemplate, JsonNode.Parse(phi.TokenizerConfigJson)!["chat_template"]!.GetValue<string>());
        Assert.Null(GgufTokenizerReader.Read(VocabularyFiles.Get("falcon")).ChatTemplate);
    }

    private static string[] Merges(JsonNode json) => [.. json["model"]!["merges"]!.AsArray().Select(m =>
        m is JsonArray pair ? $"{pair[0]!.GetValue<string>()} {pair[1]!.GetValue<string>()}" : m!.GetValue<string>())];
}
