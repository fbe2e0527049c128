using System.Text.RegularExpressions;
using Ropewalk.Engine.Tokenization;

namespace Ropewalk.Tests.Tokenization;

/// <summary>The hand-written scanners against .NET's engine running the same pattern, on text that is all corner cases.</summary>
public sealed class WordScannerTests
{
    private static readonly string[] Units =
    [
        " ", "  ", "\n", "\r", "\t", "\u00A0", "\u2028", "\u3000", "a", "Z", "é", "漢", "\u0301", "1", "٣", "½", "Ⅳ", "'", "'s", "'S",
        "'re", "'Ll", "'v", "!", "_", "-", "\0", "\u200D", "\uFEFF",
    ];

    [Theory]
    [InlineData(Gpt2Scanner.Pattern)]
    [InlineData(Gpt2Scanner.PatternShort)]
    [InlineData(Llama3Scanner.Llama3Pattern)]
    [InlineData(Llama3Scanner.Qwen2Pattern)]
    public void Cuts_as_the_regular_expression(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(10));
        var scanner = WordScanner.Known(pattern)!;
        var random = new Random(20_240_229);
        for (var n = 0; n < 20_000; n++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Units[random.Next(Units.Length)]));
            var found = new List<Stretch>();
            scanner.Scan(text, found);
            Assert.Equal(regex.Matches(text).Select(m => m.Value), found.Select(s => text[s.Start..s.End]));
        }
    }

    [Fact]
    public void The_long_s_is_an_s_where_case_is_ignored()
    {
        var found = new List<Stretch>();
        new Llama3Scanner(3).Scan("it'\u017Fx", found);
        Assert.Equal([2, 4, 5], found.Select(s => s.End));
    }

    [Fact]
    public void Letters_beyond_the_first_plane_are_letters()
    {
        var found = new List<Stretch>();
        new Gpt2Scanner().Scan("a\U0001D400b \U0001F600\U0001F600", found);
        Assert.Equal(["a\U0001D400b", " \U0001F600\U0001F600"], found.Select(s => "a\U0001D400b \U0001F600\U0001F600"[s.Start..s.End]));
    }
}
