using Ropewalk.Engine.Formats;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Lab.LongEmbed;

/// <summary>Tasks of real texts.</summary>
public sealed class TaskFolderTests
{
    private const string Corpus = """
        {"doc_id":"a","title":"On cats","text":" They sleep. "}
        {"doc_id":7,"text":"The river."}

        {"doc_id":"c","text":"A mill."}
        """;

    private const string Queries = """
        {"qid":"q1","text":"Who sleeps?","context_length":256}
        {"qid":"q2","text":"What flows?"}
        """;

    private const string Qrels = """
        {"qid":"q2","doc_id":7}
        {"qid":"q1","doc_id":"a"}
        {"qid":"q1","doc_id":"c"}
        """;

    [Fact]
    public void A_folder_of_LongEmbed_is_read()
    {
        using var folder = Folder(Corpus, Queries, Qrels);
        var part = LongEmbedFolder.Read(folder.Root);
        Assert.Equal(["a", "7", "c"], part.Documents.Select(d => d.Id));
        Assert.Equal("On cats  They sleep.", part.Documents[0].Text);
        Assert.Equal(["Who sleeps?", "What flows?"], part.Queries.Select(q => q.Text));
        Assert.Equal([[0, 2], [1]], part.Relevant);
        Assert.Null(part.Length);
    }

    [Theory]
    [InlineData("corpus", """{"doc_id":"a","text":"x"}""" + "\n" + """{"doc_id":"a","text":"y"}""", "corpus.jsonl: line 2.doc_id: found \"a\", which line 1 has too")]
    [InlineData("corpus", """{"doc_id":"a","text":" "}""", "corpus.jsonl: line 1.text: found an empty text")]
    [InlineData("corpus", """{"doc_id":"a"}""", "line 1.text")]
    [InlineData("corpus", """{"text":"x"}""", "line 1.doc_id")]
    [InlineData("corpus", "", "corpus.jsonl: content: found no lines")]
    [InlineData("corpus", "[1]", "line 1")]
    [InlineData("queries", """{"qid":"q1","text":"x"}""" + "\n" + """{"qid":"q1","text":"y"}""", "queries.jsonl: line 2.qid: found \"q1\"")]
    [InlineData("queries", """{"qid":"q1","text":""}""", "queries.jsonl: line 1.text: found an empty text")]
    [InlineData("qrels", """{"qid":"q1","doc_id":"b"}""", "qrels.jsonl: line 1.doc_id: found \"b\", expected a document of corpus.jsonl")]
    [InlineData("qrels", """{"qid":"q9","doc_id":"a"}""", "qrels.jsonl: line 1.qid: found \"q9\", expected a query of queries.jsonl")]
    [InlineData("qrels", """{"qid":"q1","doc_id":"a"}""", "qrels.jsonl: qid: found no line for \"q2\"")]
    [InlineData("qrels", """{"qid":"q1","doc_id":"a"}""" + "\n" + """{"qid":"q1","doc_id":"a"}""", "line 2: found \"q1\" and \"a\" a second time")]
    [InlineData("qrels", null, "qrels.jsonl")]
    public void Damage_is_named(string file, string? content, string message)
    {
        using var folder = Folder(Corpus, Queries, Qrels);
        if (content is null)
        {
            File.Delete(folder.PathOf($"{file}.jsonl"));
        }
        else
        {
            folder.Write($"{file}.jsonl", content);
        }

        var error = Assert.Throws<CheckpointFormatException>(() => LongEmbedFolder.Read(folder.Root));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    /// <summary>The sizes that a count of the two files by another program gave: 35 meetings each, 553 summaries of which one is there twice.</summary>
    [SharedFact]
    public void QMSum_is_read_as_its_authors_publish_it()
    {
        var part = QMSumFolder.Read(SharedData.Path("data", "retrieval", "qmsum"));
        Assert.Equal((70, 552), (part.Documents.Count, part.Queries.Count));
        Assert.Equal(553, part.Relevant.Sum(r => r.Count));
        Assert.Equal(70, part.Documents.Select(d => d.Id).Distinct(StringComparer.Ordinal).Count());

        // LongEmbed tells 71 words a query and 10,058 a document, for its 1,527 and 197.
        Assert.Equal(67.6, part.Queries.Average(q => Words(q.Text)), 0.2);
        Assert.InRange(part.Documents.Average(d => Words(d.Text)), 9_000, 11_000);
        var first = part.Queries.First(q => q.Text.StartsWith("This meeting was the eleventh evidence session", StringComparison.Ordinal));
        Assert.Equal("test-1", part.Documents[Assert.Single(part.Relevant[part.Queries.ToList().IndexOf(first)])].Id);
    }

    [Theory]
    [InlineData("""{"general_query_list":[],"specific_query_list":[]}""", "line 1.meeting_transcripts: found nothing")]
    [InlineData("""{"meeting_transcripts":[3],"general_query_list":[],"specific_query_list":[]}""", "line 1.meeting_transcripts[0]: found Number")]
    [InlineData("""{"meeting_transcripts":[],"general_query_list":[],"specific_query_list":[]}""", "line 1.meeting_transcripts: found an empty text")]
    [InlineData("""{"meeting_transcripts":[{"speaker":"A","content":"x"}],"general_query_list":[{"answer":" "}],"specific_query_list":[]}""", "line 1.general_query_list[0].answer: found an empty text")]
    [InlineData("""{"meeting_transcripts":[{"speaker":"A","content":"x"}],"general_query_list":[],"specific_query_list":[]}""", "no summaries")]
    public void Damaged_meetings_are_named(string meeting, string message)
    {
        using var folder = new TemporaryFolder();
        folder.Write("val.jsonl", meeting);
        Assert.Contains(message, Assert.Throws<CheckpointFormatException>(() => QMSumFolder.Read(folder.Root)).Message, StringComparison.Ordinal);
    }

    private static int Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

    private static TemporaryFolder Folder(string corpus, string queries, string qrels)
    {
        var folder = new TemporaryFolder();
        folder.Write("corpus.jsonl", corpus);
        folder.Write("queries.jsonl", queries);
        folder.Write("qrels.jsonl", qrels);
        return folder;
    }
}
