using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Ropewalk.Lab.Data;

namespace Ropewalk.Tests.Lab.Data;

public sealed partial class StoryGeneratorTests
{
    [Fact]
    public void Same_seed_gives_the_same_bytes_for_ever()
    {
        using var stream = new MemoryStream();
        var written = StoryGenerator.Write(seed: 1, minimumBytes: 300_000, stream, minimumCharactersPerDocument: 100_000);
        Assert.Equal(stream.Length, written);
        Assert.Equal(PinnedHash, Convert.ToHexStringLower(SHA256.HashData(stream.ToArray())));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(120_000)]
    public void Documents_reach_their_length_and_not_much_more(int minimum)
    {
        foreach (var document in StoryGenerator.Documents(2, 3, minimum))
        {
            Assert.InRange(document.Text.Length, minimum, minimum + 4_000);
            Assert.StartsWith(document.Title, document.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void A_document_does_not_depend_on_how_many_are_asked_for()
    {
        var one = StoryGenerator.Documents(3, 1, 2_000).Single();
        var three = StoryGenerator.Documents(3, 3, 2_000).ToArray();
        Assert.Equal(one, three[0]);
        Assert.Equal(3, three.Select(d => d.Title).Distinct().Count());
        Assert.Equal(3, three.Select(d => d.Text).Distinct().Count());
        Assert.NotEqual(one, StoryGenerator.Documents(4, 1, 2_000).Single());
    }

    [Fact]
    public void Text_is_printable_ascii_in_wrapped_paragraphs()
    {
        foreach (var document in StoryGenerator.Documents(5, 4, 100_000))
        {
            Assert.All(document.Text, c => Assert.True(c is '\n' or >= ' ' and <= '~', $"character {(int)c}"));
            Assert.DoesNotContain('{', document.Text);
            Assert.DoesNotMatch("  | \n|\n\n\n\n|\\.\\.| ,| \\.", document.Text);
            Assert.DoesNotMatch("[.!?]\"? [a-z]", StatementsOnly().Replace(document.Text, " "));
            Assert.DoesNotMatch("\\b[Aa] [aeio]", document.Text);
            var body = document.Text.Split('\n').Skip(1).ToArray();
            Assert.All(body, line => Assert.InRange(line.Length, 0, 72));
            Assert.InRange(body.Count(line => line.StartsWith("CHAPTER", StringComparison.Ordinal)), 10, 60);
        }
    }

    [Fact]
    public void Entities_and_facts_return_over_long_distances()
    {
        var text = StoryGenerator.Documents(6, 1, 200_000).Single().Text.Replace('\n', ' ');
        var facts = FactAnswers().Matches(text).GroupBy(m => m.Value).Where(g => g.Count() > 1).ToArray();
        var gaps = facts.SelectMany(g => g.Zip(g.Skip(1), (x, y) => y.Index - x.Index)).ToArray();
        Assert.True(gaps.Count(g => g > 1_000) > 50, $"gaps over 1,000: {gaps.Count(g => g > 1_000)}");
        Assert.True(gaps.Count(g => g > 10_000) > 10, $"gaps over 10,000: {gaps.Count(g => g > 10_000)}");
        Assert.True(facts.Max(g => g.Last().Index - g.First().Index) > 150_000);
    }

    [Fact]
    public void Text_is_varied()
    {
        var text = StoryGenerator.Documents(7, 1, 200_000).Single().Text;
        var words = Words().Matches(text).Select(m => m.Value).Distinct(StringComparer.OrdinalIgnoreCase).Count();
        Assert.True(words > 900, $"{words} words");
        var sentences = Regex.Split(text.Replace('\n', ' '), "(?<=[.!?]\"?) +", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(10)).Where(s => s.Length > 20).ToArray();
        var repeated = 1.0 - ((double)sentences.Distinct().Count() / sentences.Length);
        // Recalled facts are meant to return word for word; they are most of the 16 % measured.
        Assert.True(repeated < 0.20, $"{repeated:P0} of the sentences occurred before");
    }

    [Fact]
    public void Negative_numbers_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StoryGenerator.Documents(1, -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoryGenerator.Documents(1, 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoryGenerator.Write(1, -1, Stream.Null));
        Assert.Empty(StoryGenerator.Documents(1, 0, 100));
    }

    // Where a capital is not wanted after the mark: titles, and the words that follow a question or an exclamation.
    [GeneratedRegex("(Mr|Mrs)\\. |[?!]\" ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StatementsOnly();

    [GeneratedRegex("[a-z-]+ (pounds|years of age)|(under|behind|beneath|inside|below) the [a-z]+ (stone|step|beam|barrel|board|pillar|tree|shelf|post) [a-z]+ [a-z]+ [a-z]+|at [a-z-]+ minutes past [a-z]+|'[A-Za-z][A-Za-z ,-]+'|[a-z -]+ steps from|[Oo]n the [a-z]+ of [A-Z][a-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FactAnswers();

    [GeneratedRegex("[A-Za-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();

    private const string PinnedHash = "5cae36d13bc362bebe63a8e13a148a731787728d37eadbff5980fdc9c054da80";
}
