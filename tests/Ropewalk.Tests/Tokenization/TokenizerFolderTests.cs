using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Folders without tokenizer.json.</summary>
public sealed class TokenizerFolderTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nun\n##able\n##e\n\u00e9\n\u4e2d\n!\nA\n";
    private const string Vocabulary = """{"a":0,"b":1,"ab":2,"\u0120":3,"\u0120ab":4,"<|endoftext|>":5}""";
    private const string Merges = "#version: 0.2\na b\r\n\u0120 ab\n\n";

    [SharedFact]
    public void Qwen_has_its_added_tokens_and_no_bos()
    {
        var tokenizer = TokenizerFolders.Get("qwen2.5");
        Assert.Equal([151644, 872, 198], tokenizer.Encode("<|im_start|>user\n"));
        Assert.Equal("<|im_end|>", tokenizer.TokenText(tokenizer.EosToken!.Value));
        Assert.Null(tokenizer.BosToken);
        Assert.True(tokenizer.IsSpecial(151643));
        Assert.False(tokenizer.IsSpecial(tokenizer.TokenId("<tool_call>")!.Value));
        Assert.Equal("\u00e9x", tokenizer.Decode(tokenizer.Encode("e\u0301x")));
        Assert.Empty(tokenizer.Notes);
    }

    [SharedFact]
    public void A_word_list_is_the_tokenizer_json_beside_it()
    {
        var from = TokenizerFolders.Folder("all-MiniLM-L6-v2");
        using var folder = new TokenizerFiles();
        foreach (var name in new[] { "vocab.txt", "tokenizer_config.json", "special_tokens_map.json" })
        {
            folder.With(name, File.ReadAllBytes(Path.Combine(from, name)));
        }

        var (expected, found) = (TokenizerFolders.Get("all-MiniLM-L6-v2"), Tokenizer.Load(folder.Path));
        foreach (var text in Gguf.HardTexts.All.Append("[CLS] a [MASK] b"))
        {
            var ids = expected.Encode(text);
            Assert.Equal(ids, found.Encode(text));
            Assert.Equal(expected.Decode(ids), found.Decode(ids));
            Assert.Equal(expected.Decode(ids, skipSpecialTokens: true), found.Decode(ids, skipSpecialTokens: true));
        }
    }

    [Theory]
    [InlineData("{}", "UN\u00c9 \u4e2d!A", new[] { 2, 6, 8, 10, 11, 1, 3 })]
    [InlineData("""{"do_lower_case":false}""", "un\u00e9 \u00e9\u4e2d!A", new[] { 2, 1, 9, 10, 11, 12, 3 })]
    [InlineData("""{"strip_accents":false}""", "\u00c9 THE", new[] { 2, 9, 5, 3 })]
    [InlineData("""{"tokenize_chinese_chars":false}""", "\u4e2d\u4e2d \u4e2d", new[] { 2, 1, 10, 3 })]
    public void The_settings_of_a_word_list_count(string config, string text, int[] ids)
    {
        using var folder = new TokenizerFiles().With("vocab.txt", Words).With("tokenizer_config.json", config).With("config.json", """{"model_type":"bert"}""");
        Assert.Equal(ids, Tokenizer.Load(folder.Path).Encode(text));
    }

    [Theory]
    [InlineData("""{"tokenizer_class":"GPT2Tokenizer"}""", new[] { 2, 4 })]
    [InlineData("""{"tokenizer_class":"GPT2TokenizerFast","add_prefix_space":true}""", new[] { 4, 4 })]
    [InlineData("""{"tokenizer_class":"CodeGenTokenizer","add_bos_token":true}""", new[] { 5, 2, 4 })]
    [InlineData("""{"tokenizer_class":"RobertaTokenizer","cls_token":"<|endoftext|>","sep_token":{"content":"\u0120"}}""", new[] { 5, 2, 4, 3 })]
    public void The_class_says_how_a_text_is_cut(string config, int[] ids)
    {
        using var folder = Folder(config);
        Assert.Equal(ids, Tokenizer.Load(folder.Path).Encode("ab ab"));
    }

    [Fact]
    public void The_files_of_a_tokenizer_are_known()
    {
        using var folder = Folder("{}");
        Assert.Equal(["vocab.json", "merges.txt", "tokenizer_config.json"], Tokenizer.Files(folder.Path).Select(Path.GetFileName));
        folder.With("tokenizer.json", "{}");
        Assert.Equal("tokenizer.json", Path.GetFileName(Assert.Single(Tokenizer.Files(folder.Path))));
    }

    [Fact]
    public void Old_folders_list_added_tokens_apart()
    {
        using var folder = Folder("""{"tokenizer_class":"GPT2Tokenizer","pad_token":"<nobody>"}""")
            .With("added_tokens.json", """{"<x>":6}""").With("special_tokens_map.json", """{"eos_token":"<x>"}""");
        var tokenizer = Tokenizer.Load(folder.Path);
        Assert.Equal([0, 6, 5], tokenizer.Encode("a<x><|endoftext|>"));
        Assert.Equal((5, 6), (tokenizer.BosToken, tokenizer.EosToken));
        Assert.True(tokenizer.IsSpecial(6));
        Assert.Contains("<nobody>", Assert.Single(tokenizer.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"tokenizer_class":"CLIPTokenizer"}""", "CLIPTokenizer")]
    [InlineData("{}", "nothing")]
    [InlineData("""{"tokenizer_class":"PreTrainedTokenizerFast"}""", "nothing")]
    public void Another_class_is_refused_with_a_hint(string config, string named)
    {
        using var folder = Folder(config);
        var e = Assert.Throws<UnsupportedCheckpointException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains($"tokenizer_class: {named} beside vocab.json and merges.txt", e.Message, StringComparison.Ordinal);
        Assert.Contains("save_pretrained", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b", "a b x", "model.merges[0]")]
    [InlineData("a b", "a c", "model.merges[0]")]
    [InlineData("a b", "b a", "model.merges[0]")]
    [InlineData("a b", "ab", "model.merges[0]")]
    [InlineData("\u0120 ab", "ab \u0120ab", "model.merges[1]")]
    public void Merges_that_cannot_be_are_named(string from, string to, string named)
    {
        using var folder = Folder("""{"tokenizer_class":"GPT2Tokenizer"}""").With("merges.txt", Merges.Replace(from, to));
        Assert.Contains(named, Assert.Throws<CheckpointFormatException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab.json", """{"a":0,"b":0}""", "vocab.json: b")]
    [InlineData("vocab.json", """{"a":0,"b":-1}""", "vocab.json: b")]
    [InlineData("vocab.json", "[]", "an object")]
    [InlineData("vocab.json", """{"a":0,"b":1,"ab":2,"\u0120":3,"\u0120ab":2147483647}""", "4 x the")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","added_tokens_decoder":{"x":{"content":"y"}}}""", "added_tokens_decoder.x")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","added_tokens_decoder":{"2147483647":{"content":"y"}}}""", "4 x the")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","added_tokens_decoder":{"0":{"content":"y"}}}""", "the id 0")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","bos_token":7}""", "bos_token")]
    [InlineData("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","bos_token":"\ud800"}""", "bos_token")]
    public void A_wrong_file_is_named(string name, string content, string named)
    {
        using var folder = Folder("""{"tokenizer_class":"GPT2Tokenizer"}""").With(name, content);
        var e = Assert.Throws<CheckpointFormatException>(() => Tokenizer.Load(folder.Path));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Fact]
    public void Wrong_lists_of_words_are_named()
    {
        using var folder = new TokenizerFiles().With("tokenizer_config.json", """{"tokenizer_class":"BertTokenizer"}""");
        Refused("the\nun\nthe\n", "line 3");
        Refused("the\n", "sep_token");
        Refused("\u00ff", "");
        folder.With("vocab.txt", [0xFF]);
        Assert.Contains("UTF-8", Assert.Throws<CheckpointFormatException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);

        void Refused(string words, string named)
        {
            folder.With("vocab.txt", words);
            Assert.Contains(named, Assert.Throws<CheckpointFormatException>(() => Tokenizer.Load(folder.Path)).Message, StringComparison.Ordinal);
        }
    }

    private static TokenizerFiles Folder(string config) =>
        new TokenizerFiles().With("vocab.json", Vocabulary).With("merges.txt", Merges).With("tokenizer_config.json", config);
}
