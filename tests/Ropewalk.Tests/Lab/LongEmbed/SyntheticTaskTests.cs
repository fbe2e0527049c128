using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Positions;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Passkey and needle texts with a real tokenizer.</summary>
public sealed class SyntheticTaskTests : IDisposable
{
    private const string Prompt = "passage: ";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void Each_length_has_the_published_sizes_and_nothing_passes_it()
    {
        using var embedder = Embedder();
        foreach (var task in Make(embedder, new LongEmbedOptions { Model = "", Lengths = [256, 1024] }))
        {
            Assert.Equal([256, 1024], task.Parts.Select(p => p.Length!.Value));
            foreach (var part in task.Parts)
            {
                Assert.Equal((100, 50, 50), (part.Documents.Count, part.Queries.Count, part.Relevant.Count));
                Assert.Equal(50, part.Relevant.SelectMany(r => r).Distinct().Count());
                Assert.All(part.Documents, d => Assert.InRange(embedder.Count(d.Text, Prompt), part.Length!.Value - 60, part.Length.Value));

                // Spread evenly: ten of fifty in each fifth.
                Assert.Equal([10, 10, 10, 10, 10], part.Depths!.GroupBy(d => (int)(d * 5)).OrderBy(g => g.Key).Select(g => g.Count()));
            }
        }
    }

    [SharedFact]
    public void A_passkey_document_is_the_only_one_that_names_its_person()
    {
        using var embedder = Embedder();
        var part = Make(embedder, new LongEmbedOptions { Model = "", Lengths = [256], Tasks = ["passkey"] }).Single().Parts[0];
        for (var i = 0; i < part.Queries.Count; i++)
        {
            var name = part.Queries[i].Text["What is the pass key of ".Length..^1];
            Assert.Equal(part.Relevant[i], part.Documents.Select((d, at) => (d, at)).Where(d => d.d.Text.Contains(name, StringComparison.Ordinal)).Select(d => d.at));
            var text = part.Documents[part.Relevant[i][0]].Text;
            var at = (double)text.IndexOf("The pass key of", StringComparison.Ordinal) / text.Length;
            Assert.InRange(at, part.Depths![i] - 0.35, part.Depths[i] + 0.1);
        }
    }

    [SharedFact]
    public void Facts_are_a_hundred_and_stand_in_a_story_that_is_the_same_in_all_documents()
    {
        using var embedder = Embedder();
        var part = Make(embedder, new LongEmbedOptions { Model = "", Lengths = [512], Tasks = ["needle"] }).Single().Parts[0];
        Assert.Equal(100, NeedleFacts.All.Select(f => f.Line).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(100, NeedleFacts.All.Select(f => f.Question).Distinct(StringComparer.Ordinal).Count());
        var stories = part.Documents.Select(d => d.Text.Replace(NeedleFacts.All.Single(f => d.Text.Contains(f.Line, StringComparison.Ordinal)).Line, "", StringComparison.Ordinal).Replace("  ", " ", StringComparison.Ordinal).Trim()).ToList();
        var longest = stories.MaxBy(s => s.Length)!;
        Assert.All(stories, s => Assert.StartsWith(s, longest, StringComparison.Ordinal));
        for (var i = 0; i < part.Queries.Count; i++)
        {
            var fact = NeedleFacts.All.Single(f => f.Question == part.Queries[i].Text);
            Assert.Contains(fact.Line, part.Documents[part.Relevant[i][0]].Text, StringComparison.Ordinal);
        }
    }

    [SharedFact]
    public void Texts_depend_on_seed_and_length_alone()
    {
        using var embedder = Embedder();
        IReadOnlyList<string> Texts(ulong seed, params int[] lengths) =>
            [.. Make(embedder, new LongEmbedOptions { Model = "", Lengths = [.. lengths], Documents = 6, Queries = 3, Seed = seed }).Select(t => string.Join('|', t.Parts[^1].Documents.Concat(t.Parts[^1].Queries).Select(d => d.Text)))];
        Assert.Equal(Texts(4, 300), Texts(4, 128, 300));
        Assert.All(Texts(4, 300).Zip(Texts(5, 300)), t => Assert.NotEqual(t.First, t.Second));
    }

    [SharedFact]
    public void A_length_below_a_line_is_refused_or_left_out()
    {
        using var embedder = Embedder();
        var error = Assert.Throws<UserInputException>(() => Make(embedder, new LongEmbedOptions { Model = "", Lengths = [16] }));
        Assert.StartsWith("--lengths: found 16, expected at least ", error.Message, StringComparison.Ordinal);
        Assert.Equal<int>(LongEmbedOptions.PublishedLengths.ToArray(), LongTasks.Lengths(new LongEmbedOptions { Model = "" }, embedder, Prompt).ToArray());
        Assert.Equal([512, 1024, 2048, 4096, 8192, 16384, 32768], LongTasks.Lengths(new LongEmbedOptions { Model = "" }, embedder, string.Concat(Enumerable.Repeat("long prompt ", 120))).ToArray());
    }

    private static IReadOnlyList<LongTask> Make(TextEmbedder embedder, LongEmbedOptions options) => LongTasks.Make(options, LongTasks.Choose(options), embedder, Prompt);

    private TextEmbedder Embedder()
    {
        SmallEmbedder.Write(_folder);
        return TextEmbedder.Load(_folder.Root);
    }
}
