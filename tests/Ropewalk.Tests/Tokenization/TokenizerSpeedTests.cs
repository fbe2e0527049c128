using System.Diagnostics;
using System.Text;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>Time grows with the text, not with its square: four times the text must not take ten times as long.</summary>
public sealed class TokenizerSpeedTests
{
    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in new[] { "llama2", "phi-2", "bytes2m", "all-MiniLM-L6-v2", "qwen2.5" })
        {
            foreach (var unit in new[] { "a", " ", "\u0301", "\U0001F600", "\uFDFA", "\n", "a ", "'", "1", "<|", "\u200D", "\0" })
            {
                data.Add(name, unit);
            }
        }

        return data;
    }

    [SharedTheory]
    [MemberData(nameof(Cases))]
    public void Grows_about_linearly(string name, string unit)
    {
        var tokenizer = TokenizerFolders.Get(name);
        var few = Repeat(unit, 100_000);
        var many = Repeat(unit, 400_000);
        tokenizer.Encode(few);
        var short4 = Best(() => tokenizer.Encode(few));
        var long4 = Best(() => tokenizer.Encode(many));
        Assert.True(long4 < (short4 * 10) + 100, $"{short4:F0} ms for 100,000 units, {long4:F0} ms for 400,000");
    }

    [Fact]
    public void Many_marks_are_normalised_in_linear_time()
    {
        var tokenizer = SmallTokenizers.ByteLevel().With("normalizer", "{\"type\":\"NFKC\"}").Parse();
        var few = "a" + Repeat("\u0301\u0323", 25_000);
        var many = "a" + Repeat("\u0301\u0323", 100_000);
        tokenizer.Encode(few);
        var time = Best(() => tokenizer.Encode(few));
        Assert.True(Best(() => tokenizer.Encode(many)) < (time * 10) + 100);
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
