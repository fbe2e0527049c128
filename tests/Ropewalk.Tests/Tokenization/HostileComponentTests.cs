using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Components with values that cannot be.</summary>
public sealed class HostileComponentTests
{
    private const string Unigram = """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",-1],["ab",-2]]}""";
    private const string Words = """{"type":"WordPiece","unk_token":"?","vocab":{"?":0,"a":1,"##b":2}}""";

    [Theory]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",1e400]]}""", "model.vocab[1][1]")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a","NaN"]]}""", "model.vocab[1][1]")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",0],["a",-1]]}""", "model.vocab[2][0]")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a"]]}""", "model.vocab[1]")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[["?",0],["a",1,2]]}""", "model.vocab[1]")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":[]}""", "model.vocab")]
    [InlineData("model", """{"type":"Unigram","unk_id":1,"vocab":[["?",0]]}""", "model.unk_id")]
    [InlineData("model", """{"type":"Unigram","unk_id":-1,"vocab":[["?",0]]}""", "model.unk_id")]
    [InlineData("model", """{"type":"WordPiece","max_input_chars_per_word":-1,"vocab":{"a":0}}""", "model.max_input_chars_per_word")]
    [InlineData("model", """{"type":"WordLevel","vocab":{"a":0,"b":0}}""", "model.vocab.b")]
    [InlineData("model", """{"type":"WordLevel","vocab":{"a":0,"b":9}}""", "4 x the")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"?"}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":""}""", "normalizer.precompiled_charsmap")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"/////w=="}""", "a trie of 4294967295 bytes in the 0 behind")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"AwAAAAAAAAA="}""", "whole units")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"BAAAAAAAAAD/"}""", "not UTF-8")]
    [InlineData("normalizer", """{"type":"BertNormalizer","lowercase":1}""", "normalizer.lowercase")]
    [InlineData("pre_tokenizer", """{"type":"CharDelimiterSplit","delimiter":"ab"}""", "pre_tokenizer.delimiter")]
    [InlineData("pre_tokenizer", """{"type":"CharDelimiterSplit","delimiter":""}""", "pre_tokenizer.delimiter")]
    [InlineData("pre_tokenizer", """{"type":"FixedLength","length":0}""", "pre_tokenizer.length")]
    [InlineData("post_processor", """{"type":"BertProcessing","sep":["a",1],"cls":["a"]}""", "post_processor.cls")]
    [InlineData("post_processor", """{"type":"RobertaProcessing","sep":["a",1],"cls":["a",7]}""", "the id 7")]
    public void A_wrong_value_is_named(string part, string json, string named)
    {
        var file = new JsonObject { ["model"] = JsonNode.Parse(Unigram) };
        file[part] = JsonNode.Parse(json);
        var e = Assert.Throws<CheckpointFormatException>(() => file.Parse().Encode("a"));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("[[:alpha:]]+")]
    [InlineData("[a&&b]")]
    [InlineData("[^\\\\W]")]
    [InlineData("(?im)a")]
    [InlineData("\\\\X")]
    public void A_pattern_that_would_mean_something_else_is_refused(string pattern)
    {
        var json = new JsonObject { ["model"] = JsonNode.Parse(Unigram) }
            .With("pre_tokenizer", $$$"""{"type":"Split","pattern":{"Regex":"{{{pattern}}}"},"behavior":"Isolated"}""");
        Assert.Contains("pre_tokenizer.pattern.Regex", Assert.Throws<UnsupportedCheckpointException>(() => json.Parse()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"Unigram","vocab":[["a",0]]}""", "model.unk_id")]
    [InlineData("""{"type":"WordPiece","vocab":{"a":0}}""", "model.unk_token")]
    [InlineData("""{"type":"WordLevel","vocab":{"a":0}}""", "model.unk_token")]
    public void Without_an_unknown_token_known_texts_are_read(string model, string named)
    {
        var tokenizer = new JsonObject { ["model"] = JsonNode.Parse(model) }.Parse();
        Assert.Equal([0], tokenizer.Encode("a"));
        Assert.Contains(named, Assert.Throws<CheckpointFormatException>(() => tokenizer.Encode("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_too_long_to_search_for_are_refused()
    {
        var model = JsonNode.Parse(Words)!;
        model["vocab"]![new string('a', 1025)] = 3;
        var e = Assert.Throws<UnsupportedCheckpointException>(() => new JsonObject { ["model"] = model }.Parse());
        Assert.Contains("1025 characters", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gaps_in_the_ids_are_reported()
    {
        var tokenizer = new JsonObject { ["model"] = JsonNode.Parse("""{"type":"WordLevel","unk_token":"a","vocab":{"a":0,"b":3}}""") }.Parse();
        Assert.Contains("2 ids up to 3 have no token", Assert.Single(tokenizer.Notes), StringComparison.Ordinal);
        Assert.Equal("b", tokenizer.Decode([1, 3]));
    }

    [Fact]
    public void Special_tokens_in_what_a_user_typed_are_text()
    {
        var json = new JsonObject { ["model"] = JsonNode.Parse(Words) }
            .With("added_tokens", """[{"id":3,"content":"aab","special":true}]""");
        Assert.Equal([3], json.Parse().Encode("aab"));
        Assert.Equal([0], json.Parse().Encode("aab", matchSpecialTokens: false));
    }
}
