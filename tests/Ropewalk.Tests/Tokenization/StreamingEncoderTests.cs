using System.Text;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Tests.Tokenization.Gguf;

namespace Ropewalk.Tests.Tokenization;

/// <summary>A text in parts has the ids of the whole text, whatever stands at its line ends.</summary>
public sealed class StreamingEncoderTests
{
    private static readonly string[] s_breaks = ["\n", "\r\n", "\n\n", "\n\n\n", " \n", "\n ", "\n  ", "\n\t", " \n \n  ", "\r", "\n\u0301", "\n/", "\u2028\n", "\u00A0\n\u00A8", "\uFDFA\n", "!\n", "\n1", "\n.", "\n\u3000"];

    private static readonly string[] s_pre = ["gpt-2", "llama-bpe", "qwen2", "smollm", "falcon", "deepseek-coder", "deepseek-v3", "qwen35", "gpt-4o", "tekken"];

    public static TheoryData<string, bool> Names()
    {
        var data = new TheoryData<string, bool>();
        foreach (var name in (string[])["llama2", "phi-3-mini", "phi-2", "falcon", "llama2xs", "stories260K", "bytes2m", .. s_pre.Select(p => TokenizerFolders.GptWith + p)])
        {
            data.Add(name, false);
            data.Add(name, true);
        }

        return data;
    }

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Parts_have_the_ids_of_the_whole(string name, bool matchSpecial)
    {
        var tokenizer = TokenizerFolders.Get(name);
        for (var seed = 0; seed < 60; seed++)
        {
            Compare(tokenizer, Text(new Random(seed)), matchSpecial, mustCut: true);
        }
    }

    /// <summary>What can stand before a text, or swallow its spaces, in ways that no tokenizer of the shared folder has.</summary>
    [Theory]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true}""", "null")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"use_regex":false}""", "null")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":true}]}""", """{"type":"NFKC"}""")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"ByteLevel","add_prefix_space":true}]}""", """{"type":"NFC"}""")]
    [InlineData("""{"type":"Metaspace","replacement":"_","prepend_scheme":"always"}""", "null")]
    [InlineData("""{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":false}""", """{"type":"NFD"}""")]
    [InlineData("null", """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"_"},{"type":"Replace","pattern":{"String":" "},"content":"_"}]}""")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false}""", """{"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"Lowercase"}]}""")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":false}""", """{"type":"Strip"}""")]
    [InlineData("""{"type":"Split","pattern":{"Regex":"a+"},"behavior":"Isolated"}""", "null")]
    public void Prefixes_and_tokens_that_swallow_space_do_not_show(string preTokenizer, string normalizer)
    {
        const string added = """
            [{"id":1000,"content":"<l>","lstrip":true},{"id":1001,"content":"<r>","rstrip":true,"special":true},{"id":1002,"content":"<w>","single_word":true,"normalized":false},
             {"id":1003,"content":"\n\n\n"},{"id":1004,"content":"x\ny"},{"id":1005,"content":"<p>"}]
            """;
        foreach (var normalized in (string[])["true", "false"])
        {
            var tokens = added.Replace("}", $",\"normalized\":{normalized}}}").Replace($"\"normalized\":false,\"normalized\":{normalized}", "\"normalized\":false");
            var json = SmallTokenizers.ByteLevel(("a", "b"), ("\u010A", "a"), ("\u010A", "\u010A"), ("\u0120", "a"), ("_", "_"), ("_", "a"))
                .With("pre_tokenizer", preTokenizer).With("normalizer", normalizer);
            var vocabulary = json["model"]!["vocab"]!.AsObject();
            for (var id = vocabulary.Count; id < 1000; id++)
            {
                vocabulary[$"unused {id}"] = id;
            }

            var tokenizer = json.With("added_tokens", tokens).Parse();
            for (var seed = 0; seed < 200; seed++)
            {
                Compare(tokenizer, Text(new Random(seed), "<l>", "<r>", "<w>", "<p>", "x\ny", "x", "y", " <l> ", " <r> ", "ab", "_"), matchSpecial: true, mustCut: false);
            }
        }
    }

    /// <summary>Long lines are kept whole, and no longer than that.</summary>
    [SharedTheory]
    [InlineData("phi-2")]
    [InlineData("llama2")]
    [InlineData("falcon")]
    public void Ids_come_with_the_text(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        var encoder = new StreamingEncoder(tokenizer);
        Assert.True(encoder.IsBounded);
        var ids = new List<int>();
        var line = string.Concat(Enumerable.Repeat("some words of a line ", 50)) + "\n";
        var before = 0;
        for (var i = 0; i < 1000; i++)
        {
            encoder.Append(line, ids);
            before = i == 900 ? ids.Count : before;
        }

        encoder.Finish(ids);
        Assert.Equal(tokenizer.Encode(string.Concat(Enumerable.Repeat(line, 1000))), ids);
        Assert.True(before > 0.8 * ids.Count, $"{before} of {ids.Count} ids after nine tenths of the text");
    }

    private static void Compare(Tokenizer tokenizer, string text, bool matchSpecial, bool mustCut)
    {
        var expected = tokenizer.Encode(text, matchSpecialTokens: matchSpecial);
        var encoder = new StreamingEncoder(tokenizer, addSpecialTokens: true, matchSpecial, partLength: 40);
        var found = new List<int>();
        for (var at = 0; at < text.Length; at += 7)
        {
            encoder.Append(text.AsSpan(at, Math.Min(7, text.Length - at)), found);
        }

        Assert.True(!mustCut || found.Count > expected.Length / 4, $"{found.Count} of {expected.Length} ids before the end");
        encoder.Finish(found);
        Assert.True(expected.SequenceEqual(found), System.Text.Json.JsonSerializer.Serialize(text));
    }

    private static string Text(Random random, params string[] more)
    {
        var text = new StringBuilder();
        string[] parts = [.. HardTexts.All.Where(t => t.Length < 60), .. more, .. more];
        while (text.Length < 1500)
        {
            text.Append(parts[random.Next(parts.Length)]).Append(s_breaks[random.Next(s_breaks.Length)]);
        }

        return text.ToString();
    }
}
