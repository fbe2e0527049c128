using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.Contrastive;

public sealed class JsonlPairsTests : IDisposable
{
    private static readonly EmbedderTokens s_bytes = new(Tokenizer.Parse(new BytePairTrainer().Train(BytePairTrainer.Smallest), "tokenizer.json"), Pooling.Mean, "tokenizer.json");
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_layout_gives_a_query_its_document_and_negatives()
    {
        var pairs = Read(
            """
            {"query":"a","positive":"b"}
            {"anchor":"c","positive":"d","negative":"e"}

            {"query":"f","pos":["g","h"],"neg":["i","j"]}
            {"query":"k","positive":"l","negatives":["m"],"score":3}
            {"query":"n","positive":"o","negative_1":"p","negative_2":"q"}
            """, batch: 5);
        var first = pairs.Batch(0).Select(Text).Order(StringComparer.Ordinal);
        Assert.Equal(["Qa Db", "Qc Dd De", "Qf Dg Di Dj", "Qk Dl Dm", "Qn Do Dp Dq"], first);

        // The next round takes the next of several positives.
        Assert.Contains("Qf Dh Di Dj", pairs.Batch(1).Select(Text));
        Assert.Contains("Qf Dg Di Dj", pairs.Batch(2).Select(Text));
    }

    [Fact]
    public void A_batch_is_a_function_of_its_number_and_a_round_takes_no_pair_twice()
    {
        var text = string.Join('\n', Enumerable.Range(0, 23).Select(i => $$"""{"query":"q{{i}}","positive":"p{{i}}"}"""));
        var pairs = Read(text, batch: 5);
        var batches = Enumerable.Range(0, 8).Select(i => pairs.Batch(i).Select(Text).ToArray()).ToArray();
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(20, batches.Skip(4 * round).Take(4).SelectMany(b => b).Distinct().Count());
        }

        Assert.NotEqual(batches[0], batches[4]);
        Assert.Equal(batches[6], Read(text, batch: 5).Batch(6).Select(Text));
        Assert.NotEqual(batches[0], Read(text, batch: 5, seed: 1).Batch(0).Select(Text));
    }

    [Theory]
    [InlineData("""{"positive":"b"}""", "line 1.query: found nothing, expected query or anchor")]
    [InlineData("""{"query":"a"}""", "line 1.positive: found nothing, expected positive or pos")]
    [InlineData("""{"query":"a","positive":" "}""", "line 1.positive: found an empty text")]
    [InlineData("""{"query":"a","positive":[]}""", "line 1.positive: found an empty list")]
    [InlineData("""{"query":"a","positive":3}""", "line 1.positive: found Number")]
    [InlineData("""{"query":"a","positive":"b","negatives":[{}]}""", "line 1.negatives: found Object")]
    [InlineData("[1]", "line 1: found Array, expected an object")]
    public void Damage_is_named(string line, string message)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => Read(line, batch: 1));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_text_is_an_error_or_is_cut_and_counted()
    {
        const string Line = """{"query":"a","positive":"0123456789"}""";
        Assert.Contains("line 1.positive: found 11 tokens, expected at most 6", Assert.Throws<UserInputException>(() => Read(Line, 1, limit: 6)).Message, StringComparison.Ordinal);
        var cut = Read(Line, 1, limit: 6, cuts: true);
        Assert.Equal("Qa D01234", Text(cut.Batch(0)[0]));
        Assert.EndsWith("1 cut", cut.Identity, StringComparison.Ordinal);
        Assert.Contains("--batch: found 2, expected at most the 1 pairs", Assert.Throws<UserInputException>(() => Read(Line, 2)).Message, StringComparison.Ordinal);
    }

    private JsonlPairs Read(string text, int batch, int limit = 100, bool cuts = false, ulong seed = 0) =>
        new([_folder.Write("pairs.jsonl", text)], new PairTokens(s_bytes, limit, cuts), "Q", "D", batch, seed);

    private static string Text(TrainingPair pair) => string.Join(' ', ((int[][])[pair.Query, pair.Positive, .. pair.Negatives]).Select(ids => string.Concat(ids.Select(i => (char)i))));
}
