using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Tests.Lab.Contrastive;

public sealed class TextPairsTests
{
    private const int Window = 128;
    private static readonly EmbedderTokens s_bytes = new(Tokenizer.Parse(new BytePairTrainer().Train(BytePairTrainer.Smallest), "tokenizer.json"), Pooling.Mean, "tokenizer.json");

    // Every token of a document is another number, so that a span says where it is from.
    private static readonly TokenDocument[] s_documents = [Document(0, 40_000), Document(100_000, 500), Document(200_000, 30_000)];

    [Fact]
    public void A_batch_is_a_function_of_texts_seed_and_number()
    {
        var pairs = Pairs(0);
        var third = Flat(pairs.Batch(3));
        _ = pairs.Batch(7);
        Assert.Equal(third, Flat(pairs.Batch(3)));
        Assert.Equal(third, Flat(Pairs(0).Batch(3)));
        Assert.NotEqual(third, Flat(pairs.Batch(4)));
        Assert.NotEqual(third, Flat(Pairs(1).Batch(3)));
        Assert.Equal(Pairs(0).Identity, pairs.Identity);
    }

    [Fact]
    public void Spans_of_a_pair_share_a_neighbourhood_and_no_token()
    {
        var heldOut = new HashSet<int>();
        var pairs = Pairs(0);
        for (var i = 0; i < 50; i++)
        {
            var batch = pairs.Batch(i);
            Assert.Equal(16, batch.Count);
            var neighbourhoods = new List<int>();
            foreach (var pair in batch.Take(8))
            {
                Assert.Empty(pair.Query.Intersect(pair.Positive));
                Assert.Empty(pair.Negatives);
                Assert.Single(pair.Query.Concat(pair.Positive).Select(Neighbourhood).Distinct());
                Assert.InRange(pair.Query.Length, 16, Window);
                Assert.InRange(pair.Positive.Length, 16, Window);
                neighbourhoods.Add(Neighbourhood(pair.Query[0]));
                heldOut.UnionWith(pair.Query);
            }

            Assert.Equal(8, neighbourhoods.Distinct().Count());

            // Two books in eight pairs, and the short document never, which has no neighbourhood.
            Assert.InRange(batch.Take(8).Select(p => p.Query[0] / 100_000).Distinct().Count(), 1, 2);
            Assert.DoesNotContain(batch.Take(8), p => p.Query[0] / 100_000 == 1);
        }

        var spans = pairs.HeldOutPairs(PairKind.Spans, 100, 20, 64);
        Assert.Equal(16, spans.Count);
        Assert.All(spans, p => Assert.Equal((20, 64), (p.Query.Length, p.Positive.Length)));
        Assert.Empty(spans.SelectMany(p => p.Query.Concat(p.Positive)).Intersect(heldOut));
        foreach (var kind in (PairKind[])[PairKind.Facts, PairKind.Lines])
        {
            var recall = pairs.HeldOutPairs(kind, 100, 20, 64);
            Assert.Equal(100, recall.Count);
            Assert.All(recall, p => Assert.InRange(p.Positive.Length, 40, 64));
        }

        Assert.Empty(pairs.HeldOutPairs(PairKind.Lines, 100, 20, 64).SelectMany(p => p.Query).Intersect(heldOut));
    }

    /// <summary>A line's query is the line without a piece of it; its document holds the whole of it, the negative another.</summary>
    [Fact]
    public void A_line_is_asked_for_without_a_part_of_it()
    {
        foreach (var (query, positive, negatives) in Pairs(0).HeldOutPairs(PairKind.Lines, 40, 20, 100))
        {
            var first = Array.IndexOf(positive, query[0]);
            var line = Enumerable.Range(query[0], 64).TakeWhile((token, i) => first + i < positive.Length && positive[first + i] == token).ToArray();
            Assert.Equal(query.Length, query.Intersect(positive).Count());
            Assert.InRange(query.Length, 6, 22);
            Assert.Empty(query.Intersect(Assert.Single(negatives)));
            Assert.NotEmpty(line);
        }
    }

    /// <summary>Four pairs hide their lines in one text: nothing but the line tells their documents apart.</summary>
    [Theory]
    [InlineData(PairKind.Facts)]
    [InlineData(PairKind.Lines)]
    public void Pairs_share_what_surrounds_their_lines(PairKind kind)
    {
        var pairs = Pairs(0).HeldOutPairs(kind, 24, 20, 120);
        foreach (var four in pairs.Chunk(4))
        {
            var documents = four.SelectMany(p => p.Negatives.Append(p.Positive)).ToArray();
            var common = documents.Skip(1).Aggregate(documents[0].AsEnumerable(), (tokens, d) => tokens.Intersect(d)).Count();
            Assert.Equal(documents.Length, documents.Select(d => string.Join(' ', d)).Distinct().Count());

            // Numbers where the text is a book's, letters where it is a story's.
            Assert.True(common > 8, $"{common} tokens are in all eight documents");
        }

        var books = pairs.Chunk(4).Select(four => string.Join(' ', four[0].Positive.Where(t => t > 256).Take(4))).Where(t => t.Length > 0).ToArray();
        Assert.Equal(books.Length, books.Distinct().Count());
    }

    [Fact]
    public void Only_the_right_document_tells_what_is_asked()
    {
        var batch = Pairs(0).HeldOutPairs(PairKind.Facts, 8, 20, Window).Select(p => (Query: Letters(p.Query), Positive: Letters(p.Positive), Negative: Letters(Assert.Single(p.Negatives)), p.Positive.Length)).ToArray();
        Assert.Equal(8, batch.Length);
        foreach (var (query, positive, negative, length) in batch)
        {
            Assert.InRange(length, 40, Window);
            Assert.NotEqual(positive, negative);

            // The name or town is the capitalised word of the question that is not its first.
            var names = query.TrimEnd('?').Split(' ').Skip(1).Where(w => char.IsUpper(w[0])).ToArray();
            Assert.NotEmpty(names);
            Assert.All(names, name => Assert.Contains(name, positive, StringComparison.Ordinal));
            Assert.Contains(names, name => !negative.Contains(name, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Too_little_text_is_named()
    {
        Assert.Contains("--batch: found 16", Assert.Throws<UserInputException>(() => new TextPairs([Document(0, 2000)], s_bytes, 16, Window, 0.5, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("--window: found 40000, expected 64 to 32768", Assert.Throws<UserInputException>(() => new TextPairs(s_documents, s_bytes, 16, 40_000, 0.5, 0)).Message, StringComparison.Ordinal);
        Assert.Contains("--pair-window: found 64, expected at least 68", Assert.Throws<UserInputException>(() => new TextPairs(s_documents, s_bytes, 16, 64, 0.5, 0, new PairPrompts("passages:", ""), "--pair-window")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_stand_before_every_text_and_count()
    {
        var pairs = new TextPairs(s_documents, s_bytes, 16, Window, 0.5, 0, new PairPrompts("Q:", "D:"));
        var spans = pairs.HeldOutPairs(PairKind.Spans, 8, 20, 64);
        foreach (var pair in Enumerable.Range(0, 20).SelectMany(i => pairs.Batch(i)).Concat(spans).Concat(pairs.HeldOutPairs(PairKind.Facts, 8, 20, 64)).Concat(pairs.HeldOutPairs(PairKind.Lines, 8, 20, 64)))
        {
            Assert.StartsWith("Q:", Letters(pair.Query), StringComparison.Ordinal);
            Assert.All((int[][])[pair.Positive, .. pair.Negatives], d => Assert.StartsWith("D:", Letters(d), StringComparison.Ordinal));
            Assert.All((int[][])[pair.Query, pair.Positive, .. pair.Negatives], t => Assert.InRange(t.Length, 8, Window));
        }

        Assert.All(spans, p => Assert.Equal((22, 64), (p.Query.Length, p.Positive.Length)));
        Assert.NotEqual(Pairs(0).Identity, pairs.Identity);
    }

    /// <summary>Where words have the space before them, a prompt's last space is no token of its own: a question has the tokens that it has as one text.</summary>
    [Fact]
    public void A_prompt_s_space_belongs_to_the_first_word()
    {
        var trainer = new BytePairTrainer();
        foreach (var (_, text) in StoryGenerator.Documents(3, 4, 20_000))
        {
            trainer.Add(text);
        }

        var tokenizer = Tokenizer.Parse(trainer.Train(600), "tokenizer.json");
        var tokens = new EmbedderTokens(tokenizer, Pooling.Mean, "tokenizer.json");
        var pairs = new TextPairs(s_documents, tokens, 16, Window, 0.5, 0, new PairPrompts("query: ", "text: "));
        var questions = pairs.HeldOutPairs(PairKind.Facts, 24, 20, 100).Select(p => p.Query).ToArray();
        Assert.All(questions, q => Assert.Equal(tokens.Encode(tokenizer.Decode(q)), q));
        Assert.All(questions, q => Assert.Matches("^query: [A-Za-z]", tokenizer.Decode(q)));
    }

    [Fact]
    public void Long_windows_have_long_documents()
    {
        // More tokens than the shortest story has.
        const int Long = 20_500;
        var pairs = new TextPairs([Document(0, 40 * Long)], s_bytes, 4, Long, 0.5, 0);
        Assert.All(pairs.HeldOutPairs(PairKind.Facts, 2, Long / 4, Long), p => Assert.InRange(p.Positive.Length, Long - 1, Long));
    }

    private static int Neighbourhood(int token) => (token / 100_000 * 1000) + (token % 100_000 / (2 * Window));

    private static TextPairs Pairs(ulong seed) => new(s_documents, s_bytes, 16, Window, 0.5, seed);

    private static TokenDocument Document(int first, int count) => new($"{first}", [.. Enumerable.Range(first, count)]);

    private static int[] Flat(IEnumerable<TrainingPair> pairs) => [.. pairs.SelectMany(p => (int[][])[p.Query, p.Positive, .. p.Negatives]).SelectMany(t => (int[])[.. t, -1])];

    /// <summary>The bytes of facts; spans of the documents above are no bytes.</summary>
    private static string Letters(int[] ids) => string.Concat(ids.Where(i => i < 256).Select(i => (char)i));
}
