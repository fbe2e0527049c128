using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>What the writer takes from a folder, and what it refuses because llama.cpp has nothing equal.</summary>
public sealed class GgufTokenizerFolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Special_tokens_come_from_the_configs_in_their_order()
    {
        _folder.Write("tokenizer_config.json", """{"bos_token":"a","unk_token":{"content":"b"},"add_bos_token":true}""");
        _folder.Write("config.json", """{"bos_token_id":7,"eos_token_id":[98,99],"pad_token_id":-1}""");
        _folder.Write("generation_config.json", """{"eos_token_id":5,"pad_token_id":4}""");
        var (metadata, _) = Write(SmallTokenizers.ByteLevel(("a", "b")));
        Assert.Equal(97, metadata.OptionalInt("tokenizer.ggml.bos_token_id", 0, 999));
        Assert.Equal(98, metadata.OptionalInt("tokenizer.ggml.eos_token_id", 0, 999));
        Assert.Equal(98, metadata.OptionalInt("tokenizer.ggml.unknown_token_id", 0, 999));
        Assert.Equal(4, metadata.OptionalInt("tokenizer.ggml.padding_token_id", 0, 999));
        Assert.Equal((true, false), (metadata.OptionalBool("tokenizer.ggml.add_bos_token"), metadata.OptionalBool("tokenizer.ggml.add_eos_token")));
        Assert.Equal([97, 256], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("ab"));
    }

    [Fact]
    public void Gaps_and_missing_rows_become_unused_tokens()
    {
        var json = SmallTokenizers.ByteLevel(("a", "b"));
        json["model"]!["vocab"]!["ab"] = 258;
        var (metadata, _) = Write(json, 261);
        Assert.Equal(["\u00FF", "[PAD256]", "[PAD257]", "ab", "[PAD259]", "[PAD260]"], metadata.OptionalTexts("tokenizer.ggml.tokens")![255..]);
        Assert.Equal([1, 5, 5, 1, 5, 5], metadata.OptionalInts("tokenizer.ggml.token_type")![255..]);
        Assert.Equal([258], GgufTokenizerReader.Read(metadata, 261).Tokenizer.Encode("ab"));
        var error = Assert.Throws<CheckpointFormatException>(() => Write(json, 258));
        Assert.EndsWith("model.vocab: found 259 tokens, expected at most 258, the rows of the embedding", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_chat_template_is_the_config_s_the_default_one_or_a_file()
    {
        var json = SmallTokenizers.ByteLevel();
        _folder.Write("tokenizer_config.json", """{"chat_template":[{"name":"tools","template":"t"},{"name":"default","template":"d"}]}""");
        Assert.Equal("d", Write(json).Metadata.OptionalText("tokenizer.chat_template"));
        _folder.Write("tokenizer_config.json", """{"chat_template":"c"}""");
        Assert.Equal("c", Write(json).Metadata.OptionalText("tokenizer.chat_template"));

        // A file of its own wins, as in Transformers.
        _folder.Write("chat_template.jinja", "from the file");
        Assert.Equal("from the file", Write(json).Metadata.OptionalText("tokenizer.chat_template"));
    }

    [Theory]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Isolated"}""", "true", "llama-bpe")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Removed","invert":true}""", "false", "dbrx")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Isolated"}""", "false", "qwen2")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[\r\n]"},"behavior":"Isolated"},{"type":"Split","pattern":{"Regex":"\\s?\\p{L}+"},"behavior":"Isolated"},{"type":"Split","pattern":{"Regex":"\\s?\\p{P}+"},"behavior":"Isolated"},{"type":"Split","pattern":{"Regex":"[\u4E00-\u9FA5\u0800-\u4E00\uAC00-\uD7FF]+"},"behavior":"Isolated"},{"type":"Digits","individual_digits":true}]}""", "false", "deepseek-coder")]
    public void The_pre_tokenizer_is_found_by_its_shape(string step, string ignoreMerges, string name)
    {
        var json = SmallTokenizers.ByteLevel(("a", "b")).WithModel("ignore_merges", ignoreMerges).With("pre_tokenizer",
            $$"""{"type":"Sequence","pretokenizers":[{{step}},{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}]}""");
        Assert.Equal(name, Write(json).Metadata.OptionalText("tokenizer.ggml.pre"));
    }

    [Theory]
    [InlineData("pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"[a-z]+"},"behavior":"Isolated"},{"type":"ByteLevel","add_prefix_space":false}]}""", "pre_tokenizer: Split [a-z]+ + ByteLevel regex with ignore_merges false in a GGUF file is not supported; supported: the pre-tokenizers that llama.cpp calls gpt-2,")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel"}""", "pre_tokenizer: ByteLevel with add_prefix_space with")]
    [InlineData("pre_tokenizer", """{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}""", "pre_tokenizer: ByteLevel with")]
    [InlineData("pre_tokenizer", """{"type":"WhitespaceSplit"}""", "model: BPE without ByteLevel and without tokens <0x00> to <0xFF> in a GGUF file is not supported")]
    [InlineData("normalizer", """{"type":"NFKC"}""", "normalizer: NFKC with a byte-level tokenizer in a GGUF file is not supported; supported: none, NFC")]
    [InlineData("decoder", """{"type":"Fuse"}""", "decoder: Fuse in a GGUF file is not supported; supported: ByteLevel")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"a","type_id":0}},{"SpecialToken":{"id":"b","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"a":{"ids":[97]},"b":{"ids":[98]}}}""", "post_processor: a text that begins with ab in a GGUF file is not supported")]
    [InlineData("post_processor", """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"a","type_id":0}},{"SpecialToken":{"id":"b","type_id":0}}],"special_tokens":{"a":{"ids":[97]},"b":{"ids":[98]}}}""", "post_processor: a text that ends with ab in a GGUF file is not supported")]
    public void What_llama_cpp_has_not_is_refused(string key, string value, string message)
    {
        var error = Assert.Throws<UnsupportedCheckpointException>(() => Write(SmallTokenizers.ByteLevel(("a", "b")).With(key, value)));
        Assert.Contains("tokenizer.json: " + message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]}""", "null", true, 0)]
    [InlineData("""{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}""", """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious"}""", false, 0)]
    [InlineData("null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"never","split":false}""", false, 0)]
    [InlineData("null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"first","split":false}""", true, 1)]
    public void SentencePiece_is_known_in_all_its_shapes(string normalizer, string preTokenizer, bool addsSpace, int notes)
    {
        var (metadata, said) = Write(Pieces().With("normalizer", normalizer).With("pre_tokenizer", preTokenizer));
        Assert.Equal("llama", metadata.OptionalText("tokenizer.ggml.model"));
        Assert.Equal(addsSpace, metadata.OptionalBool("tokenizer.ggml.add_space_prefix"));
        Assert.Equal(notes, said.Count);
    }

    [Theory]
    [InlineData("""{"type":"Prepend","prepend":"\u2581"}""", "null", "the normalizer Prepend with the pre-tokenizer none in a GGUF file is not supported")]
    [InlineData("""{"type":"NFKC"}""", "null", "the normalizer NFKC with the pre-tokenizer none")]
    [InlineData("null", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":true}""", "the normalizer none with the pre-tokenizer Metaspace")]
    [InlineData("null", """{"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":false}""", "the marker _ is not supported; supported: U+2581")]
    public void Other_shapes_are_refused(string normalizer, string preTokenizer, string message)
    {
        var json = Pieces().With("normalizer", normalizer).With("pre_tokenizer", preTokenizer);
        Assert.Contains(message, Assert.Throws<UnsupportedCheckpointException>(() => Write(json)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_tell_what_llama_cpp_does_otherwise()
    {
        Assert.Contains(Write(SmallTokenizers.ByteLevel().With("normalizer", """{"type":"NFC"}""")).Notes, n => n.Contains("NFC: llama.cpp does not normalise", StringComparison.Ordinal));
        var stripping = SmallTokenizers.ByteLevel().With("added_tokens", """[{"id":256,"content":"<x>","special":true,"rstrip":true}]""");
        Assert.Contains(Write(stripping).Notes, n => n.Contains("added_tokens: \"<x>\"", StringComparison.Ordinal));
        var named = SmallTokenizers.ByteLevel().With("added_tokens", """[{"id":256,"content":"</s>","special":false}]""");
        Assert.Contains(Write(named).Notes, n => n.Contains("\"</s>\" and perhaps others are not special", StringComparison.Ordinal));

        // "ba" is a token, but b and a are never joined.
        var pieces = Pieces();
        pieces["model"]!["vocab"]!["ba"] = 262;
        var (metadata, notes) = Write(pieces.With("normalizer", """{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}"""));
        Assert.Contains(notes, n => n.Contains("joins 1 pairs of tokens more, since their joined text is a token; \"b\" and \"a\" are one", StringComparison.Ordinal));
        var scores = metadata.OptionalSingles("tokenizer.ggml.scores")!;
        Assert.True(scores[262] < scores[261]);
    }

    /// <summary>The same tokens as <see cref="SmallMetadata.Pieces"/>, without begin and end.</summary>
    private static JsonObject Pieces()
    {
        string[] tokens = [.. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "a", "b", "\u2581", "x", "ab"];
        return SmallTokenizers.Plain(tokens, ("a", "b")).WithModel("byte_fallback", "true");
    }

    private (GgufMetadata Metadata, IReadOnlyList<string> Notes) Write(JsonObject json, int? rows = null)
    {
        _folder.Write("tokenizer.json", json.ToJsonString());
        var metadata = new GgufMetadata("new.gguf");
        return (metadata, GgufTokenizerWriter.Write(_folder.Root, metadata, rows));
    }
}
