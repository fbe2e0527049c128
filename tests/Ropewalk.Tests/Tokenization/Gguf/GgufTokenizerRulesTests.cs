using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>What single keys mean, on tokenizers small enough to work out by hand.</summary>
public sealed class GgufTokenizerRulesTests
{
    private const int A = 259;
    private const int B = 260;
    private const int Ab = 261;
    private const int Space = 262;

    [Fact]
    public void Without_keys_a_SentencePiece_text_begins_with_token_1_and_a_space()
    {
        var tokenizer = GgufTokenizerReader.Read(SmallMetadata.Pieces()).Tokenizer;
        Assert.Equal([1, Space, Ab, Space, A], tokenizer.Encode("ab a"));
        Assert.Equal("ab a", tokenizer.Decode([Space, Ab, Space, A]));
        Assert.Equal((1, 2), (tokenizer.BosToken, tokenizer.EosToken));

        // No token writes a tab; three bytes write a Chinese character.
        Assert.Equal([Space, 3 + 9, 3 + 0xE4, 3 + 0xB8, 3 + 0x80], tokenizer.Encode("\t\u4E00", addSpecialTokens: false));
        Assert.Equal("\t\u4E00", tokenizer.Decode([Space, 3 + 9, 3 + 0xE4, 3 + 0xB8, 3 + 0x80]));
    }

    [Theory]
    [InlineData(false, true, true, new[] { 1, Ab, 2 })]
    [InlineData(true, false, true, new[] { Space, Ab, 2 })]
    [InlineData(false, false, false, new[] { Ab })]
    public void Flags_say_what_goes_around_a_text(bool space, bool bos, bool eos, int[] ids)
    {
        var metadata = SmallMetadata.Pieces();
        metadata.Set("tokenizer.ggml.add_space_prefix", space);
        metadata.Set("tokenizer.ggml.add_bos_token", bos);
        metadata.Set("tokenizer.ggml.add_eos_token", eos);
        var tokenizer = GgufTokenizerReader.Read(metadata).Tokenizer;
        Assert.Equal(ids, tokenizer.Encode("ab"));
        Assert.Equal("ab", tokenizer.Decode(ids, skipSpecialTokens: true));
        Assert.Equal(bos, tokenizer.AddsBos);
    }

    [Fact]
    public void The_highest_score_is_joined_first()
    {
        var metadata = SmallMetadata.Pieces();
        metadata.OptionalTexts("tokenizer.ggml.tokens")![258] = "ba";
        metadata.OptionalInts("tokenizer.ggml.token_type")![258] = 1;
        var scores = metadata.OptionalSingles("tokenizer.ggml.scores")!;
        (scores[258], scores[Ab]) = (-1, -2);
        Assert.Equal([1, Space, A, 258], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("aba"));
        (scores[258], scores[Ab]) = (-2, -1);
        Assert.Equal([1, Space, Ab, A], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("aba"));
    }

    [Fact]
    public void Scores_may_be_whole_numbers_and_types_may_be_absent()
    {
        var metadata = SmallMetadata.ByteLevel();
        metadata.Set("tokenizer.ggml.scores", new[] { 0, 1, 2, 3, 4 });
        Assert.Equal([4, 3], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("abcab"));
    }

    [Theory]
    [InlineData(3, "<x>", true)]
    [InlineData(4, "<x>", false)]
    [InlineData(1, "<|im_end|>", true)]
    [InlineData(4, "<|im_end|>", true)]
    public void Control_tokens_are_found_on_request_user_defined_ones_always(int type, string text, bool isSpecial)
    {
        var metadata = SmallMetadata.Pieces();
        metadata.OptionalTexts("tokenizer.ggml.tokens")![B] = text;
        metadata.OptionalInts("tokenizer.ggml.token_type")![B] = type;
        var tokenizer = GgufTokenizerReader.Read(metadata).Tokenizer;
        Assert.Equal([Space, A, B, Space, A], tokenizer.Encode($"a{text}a", addSpecialTokens: false));
        Assert.Equal(isSpecial, tokenizer.IsSpecial(B));
        Assert.Equal(!isSpecial, tokenizer.Encode($"a{text}a", matchSpecialTokens: false).Contains(B));
    }

    [Fact]
    public void Empty_tokens_get_names_of_their_own()
    {
        var metadata = SmallMetadata.ByteLevel();
        metadata.Set("tokenizer.ggml.tokens", new[] { "a", "b", "c", "ab", "abc", "", "" });
        var tokenizer = GgufTokenizerReader.Read(metadata).Tokenizer;
        Assert.Equal("[EMPTY_5]", tokenizer.TokenText(5));
        Assert.Equal("[EMPTY_6]", tokenizer.TokenText(6));
    }

    [Fact]
    public void Of_two_equal_merges_the_first_counts()
    {
        var metadata = SmallMetadata.ByteLevel();
        metadata.Set("tokenizer.ggml.tokens", new[] { "a", "b", "c", "ab", "bc" });
        metadata.Set("tokenizer.ggml.merges", new[] { "a b", "b c", "a b" });
        Assert.Equal([3, 2], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("abc"));
    }

    [Fact]
    public void Phi_3_is_known_by_its_name_and_swallows_white_space()
    {
        var metadata = SmallMetadata.Pieces();
        metadata.OptionalTexts("tokenizer.ggml.tokens")![B] = "<|user|>";
        metadata.OptionalInts("tokenizer.ggml.token_type")![B] = 3;
        Assert.Equal([B, Space, Space, A], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("<|user|> a", addSpecialTokens: false));
        metadata.Set("general.name", "My Phi-3 mini");
        Assert.Equal([B, Space, A], GgufTokenizerReader.Read(metadata).Tokenizer.Encode("<|user|> a", addSpecialTokens: false));
    }

    [Fact]
    public void An_embedded_file_needs_no_known_pre_tokenizer_and_may_lack_unused_tokens()
    {
        var metadata = SmallMetadata.ByteLevel();
        metadata.Set("tokenizer.ggml.pre", "kimi-k2");
        metadata.Set("tokenizer.ggml.tokens", new[] { "a", "b", "c", "ab", "abc", "[PAD5]" });
        metadata.Set("tokenizer.ggml.token_type", new[] { 1, 1, 1, 1, 1, 5 });
        metadata.Set("tokenizer.ggml.eos_token_id", 2u);
        metadata.Set("tokenizer.huggingface.json", """{"model":{"type":"BPE","vocab":{"a":0,"b":1,"c":2,"ab":3,"abc":4},"merges":["a b"]}}""");
        var tokenizer = GgufTokenizerReader.Read(metadata, 6).Tokenizer;
        Assert.Equal([3, 2], tokenizer.Encode("abc"));
        Assert.Equal(2, tokenizer.EosToken);
    }

    [Fact]
    public void A_pattern_sees_letters_beyond_the_first_plane()
    {
        // Deseret capital and small letter, a digit and an emoji, which is a symbol and no letter.
        var json = SmallTokenizers.Plain(["\U00010400", "\U00010428", "\U0001D7D8", "\U0001F600", "\U00010400\U00010428"], ("\U00010400", "\U00010428"))
            .With("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"[^\\p{L}\\p{N}]?\\p{Lu}\\p{Ll}|\\p{N}|\\p{Lu}"},"behavior":"Removed","invert":true}""");
        Assert.Equal([4, 5, 3, 1], json.Parse().Encode("\U0001F600\U00010400\U00010428\U0001D7D8\U00010428\U00010400\U0001F600"));
    }
}
