using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Whatever the file holds, the complaint is one line of ours.</summary>
public sealed class HostileTokenizerFileTests
{
    private const string Small =
        """
        {"added_tokens":[{"id":4,"content":"<s>","special":true}],
         "normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"a"},{"type":"Replace","pattern":{"String":" "},"content":"b"}]},
         "pre_tokenizer":{"type":"Split","pattern":{"Regex":"a+"},"behavior":"Isolated","invert":false},
         "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
           "special_tokens":{"<s>":{"id":"<s>","ids":[4],"tokens":["<s>"]}}},
         "decoder":{"type":"Strip","content":" ","start":1,"stop":0},
         "model":{"type":"BPE","unk_token":"u","vocab":{"u":0,"a":1,"b":2,"ab":3},"merges":["a b"]}}
        """;

    [Fact]
    public void The_small_file_itself_is_fine() => Assert.Equal([4, 1, 1, 2, 2], Tokenizer.Parse(Small, "t").Encode("ab "));

    [Fact]
    public void Cut_at_any_byte_it_is_refused_in_one_line()
    {
        var bytes = Encoding.UTF8.GetBytes(Small);
        for (var length = 0; length < bytes.Length; length++)
        {
            Refused(bytes.AsMemory(0, length));
        }
    }

    [Fact]
    public void Any_byte_replaced_it_is_read_or_refused_in_one_line()
    {
        var bytes = Encoding.UTF8.GetBytes(Small);
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var value in "\0\"{[1-n\u00FF"u8.ToArray().Append((byte)0xFF))
            {
                var copy = bytes.ToArray();
                copy[at] = value;
                try
                {
                    Tokenizer.Parse(copy, "t").Encode("ab ba");
                }
                catch (Exception e) when (e is CheckpointFormatException or UnsupportedCheckpointException)
                {
                    Assert.DoesNotContain('\n', e.Message);
                }
            }
        }
    }

    [Theory]
    [InlineData("\"ab\":3", "\"ab\":-1", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":2147483647", "4 x the 5")]
    [InlineData("\"ab\":3", "\"ab\":99999999999", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":1.5", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":1e400", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":\"3\"", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":2", "model.vocab.ab")]
    [InlineData("\"ab\":3", "\"ab\":3,\"ab\":3", "broken JSON")]
    [InlineData("\"ab\":3", "\"ab\":3,\"\\u0061b\":5", "broken JSON")]
    [InlineData("\"ab\":3", "\"ab\":3,\"\\ud800\":5", "t: ")]
    [InlineData("\"u\":0", "\"u\":NaN", "broken JSON")]
    [InlineData("[\"a b\"]", "[\"a b b\"]", "model.merges[0]")]
    [InlineData("[\"a b\"]", "[\"ab\"]", "model.merges[0]")]
    [InlineData("[\"a b\"]", "[\"a b\",\"b a\"]", "model.merges[1]")]
    [InlineData("[\"a b\"]", "[[\"a\",\"b\",\"c\"]]", "model.merges[0]")]
    [InlineData("[\"a b\"]", "[[\"a\",1]]", "model.merges[0][1]")]
    [InlineData("[\"a b\"]", "[\"a \"]", "model.merges[0]")]
    [InlineData("[\"a b\"]", "{\"a\":1}", "model.merges")]
    [InlineData("\"unk_token\":\"u\"", "\"unk_token\":\"nobody\"", "model.unk_token")]
    [InlineData("\"unk_token\":\"u\"", "\"byte_fallback\":1", "model.byte_fallback")]
    [InlineData("\"id\":4", "\"id\":-4", "added_tokens[0].id")]
    [InlineData("\"id\":4", "\"id\":2", "added_tokens[0]")]
    [InlineData("\"id\":4", "\"id\":21", "4 x the 5")]
    [InlineData("\"ids\":[4]", "\"ids\":[5]", "post_processor")]
    [InlineData("\"id\":\"A\"", "\"id\":\"B\"", "post_processor.single[1]")]
    [InlineData("\"behavior\":\"Isolated\"", "\"behavior\":\"Odd\"", "pre_tokenizer.behavior")]
    [InlineData("\"content\":\" \"", "\"content\":\"  \"", "decoder.content")]
    [InlineData("\"model\"", "\"Model\"", "model: found nothing")]
    [InlineData("\"normalizers\":[", "\"normalizers\":[1,", "normalizer.normalizers[0]")]
    public void A_wrong_value_is_named(string from, string to, string named)
    {
        Assert.Contains(from, Small, StringComparison.Ordinal);
        var e = Assert.Throws<CheckpointFormatException>(() => Tokenizer.Parse(Small.Replace(from, to), "t"));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("\"type\":\"BPE\"", "\"type\":\"Byte\"", "the model Byte")]
    [InlineData("\"type\":\"Prepend\"", "\"type\":\"Append\"", "the normalizer Append")]
    [InlineData("\"type\":\"Split\"", "\"type\":\"Jieba\"", "the pre-tokenizer Jieba")]
    [InlineData("\"type\":\"TemplateProcessing\"", "\"type\":\"Pairs\"", "the post-processor Pairs")]
    [InlineData("\"type\":\"Strip\"", "\"type\":\"Trim\"", "the decoder Trim")]
    [InlineData("\"a+\"", "\"a++\"", "a++")]
    public void A_component_that_is_not_ours_is_named_with_what_is(string from, string to, string named)
    {
        Assert.Contains(from, Small, StringComparison.Ordinal);
        var e = Assert.Throws<UnsupportedCheckpointException>(() => Tokenizer.Parse(Small.Replace(from, to), "t"));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains("supported: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_exploding_pattern_is_stopped()
    {
        var tokenizer = Tokenizer.Parse(Small.Replace("\"a+\"", "\"(a|aa|b)*c\""), "t");
        var e = Assert.Throws<CheckpointFormatException>(() => tokenizer.Encode(new string('a', 5000)));
        Assert.Contains("pre_tokenizer.pattern.Regex", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lfs_pointer_invalid_utf8_and_missing_file_are_named()
    {
        Assert.Contains("LFS", Refused("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("UTF-8", Refused(new byte[] { (byte)'{', 0xC0, (byte)'}' }), StringComparison.Ordinal);
        var e = Assert.Throws<CheckpointFormatException>(() => Tokenizer.Load(Path.Combine(Path.GetTempPath(), "no-such-folder")));
        Assert.Contains("tokenizer.json", e.Message, StringComparison.Ordinal);
        Assert.Contains("at most", Refused(new byte[TokenizerFile.MaxBytes + 1]), StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused() =>
        Refused(Encoding.UTF8.GetBytes("{\"model\":" + new string('[', 100_000) + new string(']', 100_000) + "}"));

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        Assert.Equal(5, Tokenizer.Parse("\uFEFF" + Small, "t").VocabularySize);

    [Fact]
    public void Truncation_and_padding_are_noted_and_ignored()
    {
        var tokenizer = Tokenizer.Parse("{\"truncation\":{\"max_length\":1},\"padding\":{}," + Small[1..], "t");
        Assert.Contains(tokenizer.Notes, n => n.Contains("truncation", StringComparison.Ordinal));
        Assert.Contains(tokenizer.Notes, n => n.Contains("padding", StringComparison.Ordinal));
        Assert.Equal(6, tokenizer.Encode("abab").Length);
    }

    private static string Refused(ReadOnlyMemory<byte> json)
    {
        var e = Assert.Throws<CheckpointFormatException>(() => Tokenizer.Parse(json, "t"));
        Assert.DoesNotContain('\n', e.Message);
        return e.Message;
    }
}
