using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>Tables that are wrong are refused when they are read, by a line that names file and key.</summary>
public sealed class HostileGgufTokenizerTests
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>What is set instead, and what the line says.</summary>
    public static TheoryData<string> Cases { get; } = [.. Defects.Keys];

    private static Dictionary<string, (bool IsPieces, Action<GgufMetadata> Break, string Message)> Defects => new(StringComparer.Ordinal)
    {
        ["types too short"] = (true, m => m.Set(Prefix + "token_type", new int[3]), "token_type: found 3 values, expected 263, one for each token"),
        ["types too long"] = (true, m => m.Set(Prefix + "token_type", new int[264]), "token_type: found 264 values, expected 263, one for each token"),
        ["scores too short"] = (true, m => m.Set(Prefix + "scores", new float[262]), "scores: found 262 values, expected 263, one for each token"),
        ["no scores"] = (true, m => m.Set(Prefix + "scores", Array.Empty<float>()), "scores: found 0 values"),
        ["scores as text"] = (true, m => m.Set(Prefix + "scores", "1"), "scores: found \"1\", expected a list of f32"),
        ["NaN"] = (true, m => m.OptionalSingles(Prefix + "scores")![7] = float.NaN, "scores[7]: found NaN, expected a finite number"),
        ["infinity"] = (true, m => m.OptionalSingles(Prefix + "scores")![8] = float.NegativeInfinity, "scores[8]: found"),
        ["unknown type"] = (true, m => m.OptionalInts(Prefix + "token_type")![9] = 7, "token_type[9]: found 7, expected a type from 0 to 6"),
        ["negative type"] = (true, m => m.OptionalInts(Prefix + "token_type")![9] = -1, "token_type[9]: found -1"),
        ["byte -1"] = (true, m => m.OptionalTexts(Prefix + "tokens")![3] = "<0x-1>", "tokens[3]: found \"<0x-1>\" as a byte, expected <0x00> to <0xFF>"),
        ["byte ZZ"] = (true, m => m.OptionalTexts(Prefix + "tokens")![3] = "<0xZZ>", "tokens[3]: found \"<0xZZ>\" as a byte"),
        ["byte empty"] = (true, m => m.OptionalTexts(Prefix + "tokens")![3] = "", "tokens[3]: found \"[EMPTY_3]\" as a byte"),
        ["twice"] = (true, m => m.OptionalTexts(Prefix + "tokens")![261] = "a", "tokens[261]: found \"a\", which is token 259 too, expected each token once"),
        ["long token"] = (true, m => m.OptionalTexts(Prefix + "tokens")![261] = new string('x', 257), "tokens[261]: a token of 257 characters is not supported; supported: at most 256"),
        ["no tokens"] = (true, m => m.Set(Prefix + "tokens", Array.Empty<string>()), "tokens: found 0 tokens, expected"),
        ["fewer tokens than rows"] = (true, m => m.Set(Prefix + "tokens", m.OptionalTexts(Prefix + "tokens")![..262]), "tokens: found 262 tokens, expected 263, one for each row of the embedding"),
        ["tokens as numbers"] = (true, m => m.Set(Prefix + "tokens", new int[263]), "tokens: found a list of 263 Int32, expected a list of texts"),
        ["bos 2^32-1"] = (true, m => m.Set(Prefix + "bos_token_id", uint.MaxValue), "bos_token_id: found 4294967295 (UInt32), expected a whole number from 0 to 262"),
        ["eos past the end"] = (true, m => m.Set(Prefix + "eos_token_id", 263u), "eos_token_id: found 263"),
        ["unknown negative"] = (true, m => m.Set(Prefix + "unknown_token_id", -1), "unknown_token_id: found -1"),
        ["padding too large"] = (true, m => m.Set(Prefix + "padding_token_id", ulong.MaxValue), "padding_token_id: found 18446744073709551615"),
        ["add_bos a number"] = (true, m => m.Set(Prefix + "add_bos_token", 1u), "add_bos_token: found 1 (UInt32), expected true or false"),
        ["template a number"] = (true, m => m.Set("tokenizer.chat_template", 1u), "tokenizer.chat_template: found 1"),
        ["no model"] = (true, m => m.Set(Prefix + "model", "t5"), "model: the tokenizer \"t5\" is not supported; supported: llama, gpt2"),
        ["rwkv"] = (true, m => m.Set(Prefix + "model", "rwkv"), "model: the tokenizer \"rwkv\" is not supported"),
        ["none"] = (true, m => m.Set(Prefix + "model", "none"), "model: the tokenizer \"none\" is not supported"),
        ["merge of an absent token"] = (false, m => m.Set(Prefix + "merges", new[] { "a b", "a q" }), "merges[1]: found \"a q\", expected two tokens with a space between, which joined are a token"),
        ["merge into an absent token"] = (false, m => m.Set(Prefix + "merges", new[] { "b a" }), "merges[0]: found \"b a\""),
        ["merge of three"] = (false, m => m.Set(Prefix + "merges", new[] { "a b c" }), "merges[0]: found \"a b c\""),
        ["merge of one"] = (false, m => m.Set(Prefix + "merges", new[] { "ab" }), "merges[0]: found \"ab\""),
        ["merge of nothing"] = (false, m => m.Set(Prefix + "merges", new[] { "" }), "merges[0]: found \"\""),
        ["merge of a space"] = (false, m => m.Set(Prefix + "merges", new[] { " " }), "merges[0]: found \" \""),
        ["merges as numbers"] = (false, m => m.Set(Prefix + "merges", new[] { 1 }), "merges: found a list of 1 Int32"),
        ["unknown pre"] = (false, m => m.Set(Prefix + "pre", "kimi-k2"), "pre: the pre-tokenizer \"kimi-k2\" is not supported; supported: gpt-2,"),
        ["bos added, none named"] = (false, m => m.Set(Prefix + "add_bos_token", true), "bos_token_id: found nothing, expected the id of the token that each text is to begin with"),
        ["eos added, none named"] = (false, m => m.Set(Prefix + "add_eos_token", true), "eos_token_id: found nothing"),
        ["embedded file broken"] = (false, m => m.Set("tokenizer.huggingface.json", "{"), "tokenizer.huggingface.json: file: found broken JSON"),
        ["embedded file of another size"] = (false, m => m.Set("tokenizer.huggingface.json", """{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}"""),
            "tokenizer.huggingface.json: model.vocab: found 1 tokens, expected 5 to 5, as tokenizer.ggml.tokens has"),
        ["embedded file of another model"] = (false, m => m.Set("tokenizer.huggingface.json", """{"model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ba":3,"abc":4},"merges":[]}}"""),
            "tokenizer.huggingface.json: model.vocab: found \"ba\" as token 3, expected \"ab\", as tokenizer.ggml.tokens has"),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Is_refused_in_one_line(string defect)
    {
        var (isPieces, breakIt, message) = Defects[defect];
        var metadata = isPieces ? SmallMetadata.Pieces() : SmallMetadata.ByteLevel();
        _ = GgufTokenizerReader.Read(metadata);
        breakIt(metadata);
        var error = Assert.ThrowsAny<RopewalkException>(() => GgufTokenizerReader.Read(metadata, isPieces ? 263 : null));
        Assert.True(error is CheckpointFormatException or UnsupportedCheckpointException, error.GetType().Name);
        Assert.StartsWith("small.gguf: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("tokens")]
    [InlineData("merges")]
    public void A_missing_key_is_named(string key)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => GgufTokenizerReader.Read(SmallMetadata.ByteLevel().Without(Prefix + key)));
        Assert.StartsWith($"small.gguf: tokenizer.ggml.{key}: found nothing, expected a ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_older_than_the_key_of_the_pre_tokenizer_is_read_with_a_note()
    {
        var read = GgufTokenizerReader.Read(SmallMetadata.ByteLevel().Without(Prefix + "pre"));
        Assert.Equal([4], read.Tokenizer.Encode("abc"));
        Assert.Contains("tokenizer.ggml.pre: absent", Assert.Single(read.Notes), StringComparison.Ordinal);
    }
}
