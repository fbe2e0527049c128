using System.Diagnostics;
using System.Text;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Time grows with the text, not with its square.</summary>
public sealed class TokenizerSpeedTests
{
    private static readonly string[] s_units =
        ["a", " ", "\u0301", "\u0323\u0301", "\U0001F600", "\U0001F468\u200D", "\uFDFA", "\n", "\r\n", "a ", "ab", "'", "1", "=", "<|", "<", "\0", "\u1100\u1161\u11A8", "\u4E00"];

    public static TheoryData<string> Names() => [.. TokenizerFolders.Names];

    [SharedTheory]
    [MemberData(nameof(Names))]
    public void Grows_about_linearly(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        foreach (var unit in s_units)
        {
            AssertLinear(unit, text => tokenizer.Encode(text));
        }
    }

    [Theory]
    [InlineData("NFC")]
    [InlineData("NFD")]
    [InlineData("NFKC")]
    [InlineData("NFKD")]
    public void Marks_and_long_forms_are_normalised_in_linear_time(string form)
    {
        var tokenizer = SmallTokenizers.ByteLevel().With("normalizer", $"{{\"type\":\"{form}\"}}").Parse();
        foreach (var unit in s_units)
        {
            AssertLinear(unit, text => tokenizer.Encode("a" + text));
        }
    }

    /// <summary>In parts: texts without a place to cut are looked through again and again, but not too often.</summary>
    [SharedTheory]
    [InlineData("llama2")]
    [InlineData("phi-2")]
    [InlineData(TokenizerFolders.GptWith + "qwen2")]
    public void Parts_take_linear_time(string name)
    {
        var tokenizer = TokenizerFolders.Get(name);
        foreach (var unit in (string[])[.. s_units, "<|user|>\n", " \n", "\n/", "word <s>\n"])
        {
            AssertLinear(unit, text =>
            {
                var encoder = new StreamingEncoder(tokenizer, addSpecialTokens: false, matchSpecialTokens: true, partLength: 512);
                var ids = new List<int>();
                encoder.Append(text, ids);
                encoder.Finish(ids);
            });
        }
    }

    /// <summary>
    /// Ten times the text. Time that grows with the square is a hundred times as long, and minutes; what a busy
    /// machine adds stays within the bound, which is three times the linear time and seconds more.
    /// </summary>
    private static void AssertLinear(string unit, Action<string> encode)
    {
        const int Count = 40_000;
        var (once, tenTimes) = (Milliseconds(encode, Repeat(unit, Count)), Milliseconds(encode, Repeat(unit, 10 * Count)));
        Assert.True(tenTimes < (30 * once) + 5000, $"U+{(int)unit[0]:X4}: {once:F0} ms for {Count} times, {tenTimes:F0} ms for ten times as many");
    }

    /// <summary>Unigram models, and normalizers that the large tokenizers have not, from the golden file's small tokenizers.</summary>
    [Theory]
    [InlineData("tokenizers", "unigram")]
    [InlineData("tokenizers", "unigramTies")]
    [InlineData("tokenizers", "wordLevel")]
    [InlineData("tokenizers", "suffixed")]
    [InlineData("sentence_pieces", "unigramBytes")]
    [InlineData("sentence_pieces", "bpe")]
    public void The_small_ones_grow_about_linearly_too(string list, string name)
    {
        using var golden = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(
            Path.Combine(SharedData.Root, "tests", "Ropewalk.Tests", "Golden", "tokenizer_components.json")));
        var entry = golden.RootElement.GetProperty(list).EnumerateArray().First(t => t.GetProperty("name").GetString() == name);
        Tokenizer tokenizer;
        if (list == "tokenizers")
        {
            tokenizer = Tokenizer.Parse(entry.GetProperty("json").GetRawText(), name);
        }
        else
        {
            using var folder = new TokenizerFiles().With("tokenizer.model", entry.GetProperty("model").GetBytesFromBase64());
            tokenizer = Tokenizer.Load(folder.Path);
        }

        foreach (var unit in new[] { "a", " ", "ab", "\u0301", "\uFDFA", "\n", "\u2581", "\uFF8A\uFF9F", "<s>" })
        {
            AssertLinear(unit, text => tokenizer.Encode(text));
        }
    }

    private static string Repeat(string unit, int count) => new StringBuilder().Insert(0, unit, count).ToString();

    private static double Milliseconds(Action<string> action, string text)
    {
        var clock = Stopwatch.StartNew();
        action(text);
        return clock.Elapsed.TotalMilliseconds;
    }
}
