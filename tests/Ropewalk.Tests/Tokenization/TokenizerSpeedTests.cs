using System.Diagnostics;
using System.Text;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Time grows with the text, not with its square: twice the text takes about twice as long.</summary>
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

    /// <summary>Best of several, since the machine has other work, and once more from the start where that was not enough.</summary>
    private static void AssertLinear(string unit, Action<string> encode)
    {
        const int Count = 40_000;
        var (once, twice) = (Repeat(unit, Count), Repeat(unit, 2 * Count));
        var (first, second) = (double.MaxValue, double.MaxValue);
        for (var attempt = 0; attempt < 4; attempt++)
        {
            first = Math.Min(first, Best(() => encode(once)));
            second = Math.Min(second, Best(() => encode(twice)));
            if (second < (3 * first) + 10)
            {
                return;
            }
        }

        Assert.Fail($"U+{(int)unit[0]:X4}: {first:F0} ms for {Count} times, {second:F0} ms for twice as many");
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
            var few = Repeat(unit, 50_000);
            var many = Repeat(unit, 200_000);
            tokenizer.Encode(few);
            var short4 = Best(() => tokenizer.Encode(few));
            var long4 = Best(() => tokenizer.Encode(many));
            Assert.True(long4 < (short4 * 10) + 100, $"{unit}: {short4:F0} ms for 50,000 units, {long4:F0} ms for 200,000");
        }
    }

    private static string Repeat(string unit, int count) => new StringBuilder().Insert(0, unit, count).ToString();

    private static double Best(Action action)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var clock = Stopwatch.StartNew();
            action();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        return best;
    }
}
