using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Positions;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Held-out pairs with a real tokenizer, from texts in which each word stands once, so that where a passage lies is seen from its words.</summary>
public sealed class PairTextsTests : IDisposable
{
    private const string DocumentPrompt = "passage: ";
    private const string QueryPrompt = "query: ";
    private const int WordsOfText = 6000;

    private readonly TemporaryFolder _model = new();
    private readonly TemporaryFolder _texts = new();

    public void Dispose()
    {
        _model.Dispose();
        _texts.Dispose();
    }

    [SharedFact]
    public void Documents_are_as_long_as_asked_and_the_query_is_what_follows()
    {
        using var embedder = Embedder();
        string[] files = [Text("a"), Text("b"), Text("c")];
        var part = Make(embedder, new LongEmbedOptions { Model = "", Lengths = [200], Pairs = [.. files], Documents = 10, Queries = 7, Seed = 3 });
        Assert.Equal((10, 7), (part.Documents.Count, part.Queries.Count));
        Assert.Equal(7, part.Relevant.Select(r => Assert.Single(r)).Distinct().Count());

        // Ten documents over three texts: four, three, three.
        Assert.Equal([4, 3, 3], part.Documents.GroupBy(d => d.Text[0]).OrderBy(g => g.Key).Select(g => g.Count()));
        Assert.All(part.Documents, d => Assert.InRange(embedder.Count(d.Text, DocumentPrompt), 200 - 8, 200));

        // A quarter of the window of 512.
        Assert.All(part.Queries, q => Assert.InRange(embedder.Count(q.Text, QueryPrompt), 128 - 8, 128));
        for (var i = 0; i < part.Queries.Count; i++)
        {
            var (last, first) = (Words(part.Documents[part.Relevant[i][0]].Text)[^1], Words(part.Queries[i].Text)[0]);
            Assert.Equal((last.Text, last.Number + 1), first);
        }

        var all = part.Documents.Concat(part.Queries).SelectMany(t => Words(t.Text)).ToList();
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [SharedFact]
    public void Passages_depend_on_seed_and_length_alone()
    {
        using var embedder = Embedder();
        var file = Text("a");
        string Texts(ulong seed, params int[] lengths) =>
            string.Join('|', Make(embedder, new LongEmbedOptions { Model = "", Lengths = [.. lengths], Pairs = [file], Documents = 4, Queries = 2, Seed = seed }).Documents.Select(d => d.Text));
        Assert.Equal(Texts(1, 100), Texts(1, 64, 100));
        Assert.NotEqual(Texts(1, 100), Texts(2, 100));
    }

    [SharedFact]
    public void A_text_that_is_too_short_is_told_with_its_tokens()
    {
        using var embedder = Embedder();
        var file = _texts.PathOf("short.txt");
        File.WriteAllText(file, "a word and another");
        var error = Assert.Throws<UserInputException>(() => Make(embedder, new LongEmbedOptions { Model = "", Lengths = [64], Pairs = [file], Documents = 4, Queries = 2 }));
        Assert.StartsWith($"--pairs: {file}: found {embedder.Count("a word and another", DocumentPrompt)} tokens, expected room for 4 documents of 64 tokens, each with the 128 that follow it", error.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void Bad_texts_are_told()
    {
        using var embedder = Embedder();
        var file = Text("a");
        var twice = Assert.Throws<UserInputException>(() => Make(embedder, new LongEmbedOptions { Model = "", Lengths = [64], Pairs = [file, file] }));
        Assert.StartsWith($"--pairs: found {file} twice", twice.Message, StringComparison.Ordinal);
        var without = Assert.Throws<UserInputException>(() => LongTasks.Choose(new LongEmbedOptions { Model = "", Tasks = ["pairs"] }));
        Assert.Equal("--tasks: found pairs without its texts, expected --pairs with .txt files", without.Message);
        var small = Assert.Throws<UserInputException>(() => Make(embedder, new LongEmbedOptions { Model = "", Lengths = [3], Pairs = [file], Documents = 4, Queries = 2 }));
        Assert.StartsWith("--lengths: found 3", small.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pairs", LongTasks.Choose(new LongEmbedOptions { Model = "" }));
    }

    private static TaskPart Make(TextEmbedder embedder, LongEmbedOptions options) => LongTasks.Make(options, ["pairs"], embedder, DocumentPrompt, QueryPrompt).Single().Parts[^1];

    private static List<(char Text, int Number)> Words(string text) => [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => (w[0], int.Parse(w[1..], System.Globalization.CultureInfo.InvariantCulture)))];

    private string Text(string name)
    {
        var path = _texts.PathOf($"{name}.txt");
        File.WriteAllText(path, string.Join('\n', Enumerable.Range(1000, WordsOfText).Select(i => $"{name}{i}")));
        return path;
    }

    private TextEmbedder Embedder()
    {
        SmallEmbedder.Write(_model);
        return TextEmbedder.Load(_model.Root);
    }
}
