using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Tokenization;

public sealed class TokenizerTests
{
    [SharedFact]
    public void Bytes2m_gives_each_byte_as_its_id()
    {
        var tokenizer = TokenizerFolders.Get("bytes2m");
        var text = "a b\n\0é漢\U0001F600" + string.Concat(Enumerable.Range(0, 300).Select(i => (char)i));
        Assert.Equal(Encoding.UTF8.GetBytes(text).Select(b => (int)b), tokenizer.Encode(text));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text)));
        Assert.Equal((257, 256, 256, false), (tokenizer.VocabularySize, tokenizer.BosToken, tokenizer.EosToken, tokenizer.AddsBos));
        Assert.Equal([256, 97], tokenizer.Encode("<|endoftext|>a"));
        Assert.Equal("a", tokenizer.Decode([256, 97], skipSpecialTokens: true));
        Assert.Equal(13, tokenizer.Encode("<|endoftext|>", matchSpecialTokens: false).Length);
    }

    [SharedFact]
    public void Llama2xs_round_trips_a_story()
    {
        var tokenizer = TokenizerFolders.Get("llama2xs");
        var text = File.ReadAllText(SharedData.Path("data", "text", "tinystories", "sample.txt"))[..20_000];
        var ids = tokenizer.Encode(text);
        Assert.True(tokenizer.AddsBos);
        Assert.Equal(tokenizer.BosToken, ids[0]);
        Assert.Equal(text, tokenizer.Decode(ids.AsSpan(1)));
        Assert.Equal("▁", tokenizer.TokenText(ids[1])[..1]);
    }

    [Fact]
    public void Byte_level_decodes_what_it_encoded()
    {
        var tokenizer = SmallTokenizers.ByteLevel(("a", "b"), ("ab", "a"), ("\u0120", "a"), ("\u00C3", "\u00A9")).Parse();
        Check.QuickThrowOnFailure(Prop.ForAll((NonNull<string> text) =>
        {
            var expected = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Get.EnumerateRunes().Aggregate("", (t, r) => t + r)));
            return tokenizer.Decode(tokenizer.Encode(text.Get)) == expected;
        }));
    }

    [Fact]
    public void Long_texts_are_merged_as_if_pair_by_pair_over_the_whole()
    {
        (string, string)[] merges = [("a", "a"), ("b", "a"), ("aa", "b"), ("aab", "ba"), ("c", "b"), ("aa", "aa"), ("b", "cb"), ("ba", "a")];
        var json = SmallTokenizers.Plain(["a", "b", "c", .. merges.Select(m => m.Item1 + m.Item2)], merges).WithModel("fuse_unk", "true");
        var tokenizer = json.Parse();
        var random = new Random(7);
        for (var n = 0; n < 300; n++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 400)).Select(_ => "aaaabbcc?"[random.Next(n % 2 == 0 ? 9 : 8)]));
            Assert.Equal(Naive(text, merges), tokenizer.Encode(text).Select(tokenizer.TokenText));
        }
    }

    [Fact]
    public void Added_tokens_swallow_space_want_whole_words_and_prefer_the_longest()
    {
        var tokenizer = SmallTokenizers.Plain(["x", "y", " "]).With(
            "added_tokens",
            """
            [{"id":4,"content":"<a>","lstrip":true},{"id":5,"content":"<ab>","rstrip":true,"special":true},
             {"id":6,"content":"yy","single_word":true,"normalized":false},{"id":7,"content":"<a>x"}]
            """).Parse();
        Assert.Equal([1, 4, 3, 1], tokenizer.Encode("x  <a> x"));
        Assert.Equal([1, 3, 5, 1], tokenizer.Encode("x <ab>  x"));
        Assert.Equal([7], tokenizer.Encode("<a>x"));
        Assert.Equal([6, 3, 2, 2, 1], tokenizer.Encode("yy yyx"));
    }

    [Fact]
    public void Text_that_is_no_text_is_handled()
    {
        var tokenizer = SmallTokenizers.ByteLevel().Parse();
        Assert.Empty(tokenizer.Encode(""));
        Assert.Equal([0], tokenizer.Encode("\0"));
        Assert.Equal("a\uFFFDb\uFFFD", tokenizer.Decode(tokenizer.Encode("a\uD800b\uDC00")));
        Assert.Throws<UserInputException>(() => tokenizer.Decode([-1]));
        Assert.Throws<UserInputException>(() => tokenizer.Decode([int.MaxValue]));
    }

    [Fact]
    public void A_stream_never_gives_half_a_character()
    {
        var tokenizer = SmallTokenizers.ByteLevel().Parse();
        var stream = new StreamingDecoder(tokenizer);
        var parts = tokenizer.Encode("é\U0001F600x").Select(stream.Append);
        Assert.Equal(["", "é", "", "", "", "\U0001F600", "x"], parts);
        Assert.Equal("", stream.Append(0xE2));
        Assert.Equal("\uFFFD", stream.Flush());
        Assert.Equal("a", stream.Append('a'));
    }

    [SharedFact]
    public void A_stream_that_continues_keeps_its_leading_space()
    {
        var tokenizer = TokenizerFolders.Get("llama2");
        var id = tokenizer.TokenId("▁the")!.Value;
        Assert.Equal("the", new StreamingDecoder(tokenizer).Append(id));
        Assert.Equal(" the", new StreamingDecoder(tokenizer, continuesText: true).Append(id));
    }

    [Fact]
    public void The_config_adds_bos_only_where_the_post_processor_is_silent()
    {
        const string Template =
            """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A"}}],"special_tokens":{}}""";
        const string Config = """{"bos_token":{"content":"x"},"eos_token":"y","add_bos_token":true}""";
        var silent = Folder(SmallTokenizers.Plain(["x", "y"]).ToJsonString(), Config);
        Assert.Equal([1, 2], silent.Encode("y"));
        Assert.Equal((1, 2, true), (silent.BosToken, silent.EosToken, silent.AddsBos));
        var decided = Folder(SmallTokenizers.Plain(["x", "y"]).With("post_processor", Template).ToJsonString(), Config);
        Assert.Equal([2], decided.Encode("y"));
        Assert.False(decided.AddsBos);
        Assert.Contains(decided.Notes, n => n.Contains("add_bos_token", StringComparison.Ordinal));
    }

    [Fact]
    public void Metaspace_marks_words_and_the_decoder_takes_the_marks_away()
    {
        var tokenizer = SmallTokenizers.Plain(["▁", "x", "▁x"], ("▁", "x"))
            .With("pre_tokenizer", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}""")
            .With("decoder", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}""").Parse();
        var ids = tokenizer.Encode("x x  x");
        Assert.Equal([3, 3, 1, 3], ids);
        Assert.Equal("x x  x", tokenizer.Decode(ids));
    }

    [Fact]
    public void Ignored_merges_take_a_word_that_is_a_token()
    {
        var json = SmallTokenizers.Plain(["a", "b", "c", "ab", "abc"], ("a", "b"));
        Assert.Equal([4, 3], json.Parse().Encode("abc"));
        Assert.Equal([5], json.WithModel("ignore_merges", "true").Parse().Encode("abc"));
    }

    private static Tokenizer Folder(string tokenizer, string config)
    {
        var folder = Directory.CreateTempSubdirectory("ropewalk-tokenizer-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer.json"), tokenizer);
            File.WriteAllText(Path.Combine(folder.FullName, "tokenizer_config.json"), config);
            return Tokenizer.Load(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The definition: again and again the first pair of lowest rank in the whole text.</summary>
    private static List<string> Naive(string text, (string Left, string Right)[] merges)
    {
        var symbols = new List<string>();
        foreach (var c in text)
        {
            if (c != '?' || symbols.Count == 0 || symbols[^1] != "<unk>")
            {
                symbols.Add(c == '?' ? "<unk>" : c.ToString());
            }
        }

        foreach (var _ in text)
        {
            var best = (Rank: merges.Length, At: -1);
            for (var i = 0; i + 1 < symbols.Count; i++)
            {
                var rank = Array.IndexOf(merges, (symbols[i], symbols[i + 1]));
                best = rank >= 0 && rank < best.Rank ? (rank, i) : best;
            }

            if (best.At < 0)
            {
                break;
            }

            symbols[best.At] += symbols[best.At + 1];
            symbols.RemoveAt(best.At + 1);
        }

        return symbols;
    }
}
