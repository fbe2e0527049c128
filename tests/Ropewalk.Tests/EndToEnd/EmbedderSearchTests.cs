using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Lab.EmbedderSearch;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Search;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>search --objective retrieval on a small random embedder: what the loss is, that a search repeats and continues itself, and what is refused.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EmbedderSearchTests : IDisposable
{
    private const int Target = 160;

    private readonly TemporaryFolder _model = new();
    private readonly TemporaryFolder _work = new();

    public EmbedderSearchTests()
    {
        SmallEmbedder.Write(_model, """{"model_type":"modernbert","hidden_size":24,"intermediate_size":48,"num_hidden_layers":2,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":64,"norm_eps":1e-5,"global_rope_theta":10000.0,"local_rope_theta":10000.0,"global_attn_every_n_layers":1,"local_attention":32,"hidden_activation":"gelu"}""");
        SmallEmbedder.Change(_model.PathOf("sentence_bert_config.json"), """{"max_seq_length":64}""");
    }

    private string Pairs => _work.Write("pairs.jsonl", string.Join('\n', Enumerable.Range(0, 15).Select(i => JsonSerializer.Serialize(new { query = Query(i), document = Document(i) }))));

    public void Dispose()
    {
        _model.Dispose();
        _work.Dispose();
    }

    /// <summary>The loss is the definition over vectors that embed gives under the factors.</summary>
    [SharedFact]
    public void A_window_s_loss_is_the_contrastive_loss_of_its_pairs()
    {
        using var embedder = TextEmbedder.Load(_model.Root);
        var pairs = PairFile.Read(Pairs, embedder, "", "", Target);
        var groups = RetrievalEvaluator.Groups(pairs, 3);
        Assert.Equal([5, 5, 5], groups.Select(g => g.Count));
        var point = new SearchPoint([1, 1.1, 1.3, 1.7, 2, 2.5], 0, 1.05);
        var found = new RetrievalEvaluator(new PairEmbedder(embedder, CancellationToken.None), groups, Target).Evaluate([new EvaluationRequest(point, 1, 2)]);

        var factors = _work.Write("point.json", """{"version":1,"rotary_dimension":12,"base":10000,"original_context":64,"target_context":160,"entries":[{"maximum_length":160,"attention_factor":1.05,"start_tokens":0,"rescale_factors":[1,1.1,1.3,1.7,2,2.5]}]}""");
        using var longer = TextEmbedder.Load(_model.Root, new EmbedderOptions { Method = m => EncoderMethodSpec.Parse([$"longrope:{factors}"], m) });
        foreach (var window in (int[])[1, 2])
        {
            int[] members = [.. Enumerable.Range(0, 15).Where(i => i % 3 == window)];
            var queries = longer.Embed([.. members.Select(Query)]);
            var documents = longer.Embed([.. members.Select(Document)]);
            var loss = 0d;
            for (var i = 0; i < members.Length; i++)
            {
                var scores = documents.Select(d => Math.Exp(d.Vector.Zip(queries[i].Vector, (a, b) => (double)a * b).Sum() / 0.05)).ToArray();
                loss -= Math.Log(scores[i] / scores.Sum()) / members.Length;
            }

            Assert.Equal(loss, found[0][window - 1], 1e-4);
        }
    }

    [SharedFact]
    public void Recall_counts_queries_whose_document_is_near_and_ties_are_lost()
    {
        float[][] queries = [[1, 0], [0, 1], [1, 0]];
        float[][] documents = [[1, 0], [0.6f, 0.8f], [1, 0]];
        Assert.Equal(1, PairScores.Found(queries, documents, [0, 1, 2], 1));
        Assert.Equal(3, PairScores.Found(queries, documents, [0, 1, 2], 2));
    }

    /// <summary>A document that answers two queries is no wrong answer to either, and one wrong answer to the third.</summary>
    [SharedFact]
    public void A_copy_of_the_own_document_does_not_count_against_a_query()
    {
        float[][] queries = [[1, 0], [1, 0], [0, 1]];
        float[][] documents = [[1, 0], [1, 0], [0, 1]];
        Assert.Equal(3, PairScores.Found(queries, documents, [0, 0, 1], 1));
        Assert.Equal(Math.Log(1 + Math.Exp(-20)), PairScores.Loss(queries, documents, [0, 0, 1]), 1e-12);

        using var embedder = TextEmbedder.Load(_model.Root);
        var pairs = Enumerable.Range(0, 4).Select(i => new TokenPair(embedder.Tokenizer.Encode(Query(i)), embedder.Tokenizer.Encode(Document(1)))).ToList();
        var loss = new RetrievalEvaluator(new PairEmbedder(embedder, CancellationToken.None), [pairs], Target).Evaluate([new EvaluationRequest(new SearchPoint([1, 1, 1, 1, 1, 1], 0, 1), 0, 1)])[0][0];
        Assert.Equal(0, loss);
    }

    /// <summary>Texts are cut only with a word, and each pass over held-out pairs counts once.</summary>
    [SharedFact]
    public void Texts_that_were_cut_are_told_and_tokens_are_counted_once()
    {
        const int Cut = 110;
        using var embedder = TextEmbedder.Load(_model.Root);
        var tokens = Enumerable.Range(0, 15).Select(i => (Query: embedder.Count(Query(i)), Document: embedder.Count(Document(i)))).ToList();
        var longer = tokens.Count(t => t.Document > Cut);
        Assert.InRange(longer, 1, 14);
        string[] options = ["search", _model.Root, "--objective", "retrieval", "--pairs", Pairs, "--to", $"{Cut}", "--algorithm", "evolution", "--population", "4", "--iterations", "1", "--windows", "1", "--attention-factor", "1"];
        var result = Command.Result([.. options, "--out", _work.PathOf("a.json")]);
        Assert.Equal(longer, result.GetProperty("texts_cut").GetInt32());
        Assert.Contains($"{longer} of 30 texts were cut to {Cut} tokens", Command.Run([.. options, "--out", _work.PathOf("b.json")]).Output, StringComparison.Ordinal);
        var read = tokens.Select(t => t.Query + Math.Min(t.Document, Cut)).ToList();
        Assert.Equal((result.GetProperty("evaluations").GetInt64() * read.Take(12).Sum()) + (5 * read.Skip(12).Sum()), result.GetProperty("tokens_evaluated").GetInt64());
    }

    /// <summary>What decides the vectors beside weights, config and tokenizer decides whether a search may go on.</summary>
    [SharedTheory]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""")]
    [InlineData("tokenizer_config.json", """{"model_max_length":77}""")]
    public void A_search_does_not_go_on_with_another_pooling_or_tokenizer(string file, string changes)
    {
        Search("a.json");
        SmallEmbedder.Change(_model.PathOf(file), changes);
        using var stop = new CancellationTokenSource();
        var refusal = Assert.Throws<RunFolderException>(() => EmbedderSearchJob.Resume(_work.PathOf("a.run"), new Stopper(stop, 1), TimeProvider.System, stop.Token));
        Assert.Contains(file, refusal.Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public void A_search_is_no_worse_than_its_seeds_and_repeats_itself()
    {
        var first = Search("a.json");
        var second = Search("b.json");
        foreach (var result in (JsonElement[])[first, second])
        {
            Assert.Equal((12, 64, Target), (result.GetProperty("search_pairs").GetInt32(), result.GetProperty("original_context").GetInt32(), result.GetProperty("target_context").GetInt32()));
            Assert.Equal(["none", "linear", "ntk", "yarn", "longrope"], result.GetProperty("heldout").EnumerateArray().Select(m => m.GetProperty("method").GetString()));
            Assert.All(result.GetProperty("heldout").EnumerateArray(), m => Assert.Equal(3, m.GetProperty("pairs").GetInt32()));
        }

        Assert.Equal(File.ReadAllBytes(_work.PathOf("a.json")), File.ReadAllBytes(_work.PathOf("b.json")));
        Assert.Equal(first.GetProperty("heldout").GetRawText(), second.GetProperty("heldout").GetRawText());

        // The seeds are the first that it tries.
        using var embedder = TextEmbedder.Load(_model.Root);
        var pairs = PairFile.Read(Pairs, embedder, "", "", Target).Take(12).ToList();
        var evaluator = new RetrievalEvaluator(new PairEmbedder(embedder, CancellationToken.None), RetrievalEvaluator.Groups(pairs, 3), Target);
        var ones = evaluator.Evaluate([new EvaluationRequest(new SearchPoint([2.5, 2.5, 2.5, 2.5, 2.5, 2.5], 0, 1), 0, 3)])[0].Average();
        Assert.True(first.GetProperty("search_loss").GetDouble() <= ones, $"{first.GetProperty("search_loss")} above {ones} of linear interpolation");
        Assert.Equal(1, Command.Result("embed", _model.Root, "--in", _work.Write("t.txt", Document(1)), "--out", _work.PathOf("v.npy"), "--method", $"longrope:{_work.PathOf("a.json")}").GetProperty("texts").GetInt32());
        var again = Command.Run("search", "--resume", _work.PathOf("a.run"));
        Assert.Equal(0, again.Code);
        Assert.Contains("nothing is left to do", again.Error, StringComparison.Ordinal);
    }

    /// <summary>Stopped in the middle and continued, it ends with the bytes of one that was not.</summary>
    [SharedFact]
    public void A_stopped_search_continues_to_the_same_bytes()
    {
        Search("whole.json");
        using var stop = new CancellationTokenSource();
        var options = new EmbedderSearchOptions
        {
            Model = _model.Root,
            TargetContext = Target,
            Pairs = Pairs,
            Search = new SearchChoices { Algorithm = "evolution", Objective = EmbedderSearchOptions.Objective, FixedTemperature = true },
            AttentionFactor = "1",
            Population = 8,
            Iterations = 2,
            Windows = 3,
        };
        var job = EmbedderSearchJob.Begin(options, _work.PathOf("stopped.json"), "ropewalk search", new Stopper(stop, 7), TimeProvider.System, stop.Token);
        Assert.Throws<RunStoppedException>(job.Run);
        Assert.False(File.Exists(_work.PathOf("stopped.json")));
        var run = Command.Run("search", "--resume", _work.PathOf("stopped.run"), "--json");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(File.ReadAllBytes(_work.PathOf("whole.json")), File.ReadAllBytes(_work.PathOf("stopped.json")));
    }

    /// <summary>Without a file of pairs they are made of text: documents of the target's tokens, of half, down to the window; questions as many as asked; no span
    /// stands in two pairs.</summary>
    [SharedFact]
    public void Pairs_are_made_of_text_where_none_are_given()
    {
        var book = _work.Write("book.txt", string.Join(' ', Enumerable.Range(0, 50_000).Select(i => $"{Word(i % 97)} {i}")));
        using var embedder = TextEmbedder.Load(_model.Root);
        var options = new EmbedderSearchOptions { Model = _model.Root, TargetContext = 256, Texts = [book], Windows = 1, RecallPairs = 0.25 };
        var pairs = MadePairs.Read(options, embedder);
        Assert.Equal(20, pairs.Count);
        Assert.All(Enumerable.Range(0, 20), i => Assert.InRange(pairs[i].Document.Length, (256 >> (i % 3)) - 8, 256 >> (i % 3)));

        // A question is words and a span numbers too; each number of the book stands in it once.
        var texts = pairs.Select(p => embedder.Tokenizer.Decode(p.Query)).ToList();
        Assert.Equal(5, texts.Count(t => t.Contains('?', StringComparison.Ordinal)));
        var spans = pairs.Where(p => !embedder.Tokenizer.Decode(p.Query).Contains('?', StringComparison.Ordinal)).ToList();
        Assert.Equal(15, spans.Select(p => string.Join(' ', p.Query)).Distinct().Count());
        Assert.NotEqual(pairs[0].Query, MadePairs.Read(options with { Seed = 1 }, embedder)[0].Query);

        var result = Command.Result("search", _model.Root, "--objective", "retrieval", "--text", book, "--to", "160", "--out", _work.PathOf("made.json"), "--algorithm", "evolution", "--population", "4", "--iterations", "0", "--windows", "1", "--attention-factor", "1");
        Assert.Equal(16, result.GetProperty("search_pairs").GetInt32());
        Assert.True(File.Exists(_work.PathOf("made.json")));
    }

    [SharedTheory]
    [InlineData("--pairs, --text: found neither", "--objective", "retrieval", "--to", "160")]
    [InlineData("--pairs, --text: found both", "--objective", "retrieval", "--to", "160", "--pairs", "pairs.jsonl", "--text", "pairs.jsonl")]
    [InlineData("--recall-pairs: found it with --pairs", "--objective", "retrieval", "--to", "160", "--pairs", "pairs.jsonl", "--recall-pairs", "1")]
    [InlineData("--recall-pairs: found 2, expected a share", "--objective", "retrieval", "--to", "160", "--text", "short.jsonl", "--recall-pairs", "2")]
    [InlineData("--text: found texts of at most", "--objective", "retrieval", "--to", "8192", "--text", "long.txt")]
    [InlineData("--text: found 0 passages of 320 tokens", "--objective", "retrieval", "--to", "160", "--text", "long.txt")]
    [InlineData("twice, expected each text once", "--objective", "retrieval", "--to", "160", "--text", "long.txt", "long.txt")]
    [InlineData("--heldout: found it with --objective retrieval", "--objective", "retrieval", "--to", "160", "--text", "long.txt", "--heldout", "long.txt")]
    [InlineData("--to: found 64, expected more than the 64 tokens", "--objective", "retrieval", "--to", "64", "--pairs", "pairs.jsonl")]
    [InlineData("--pairs: found it without --objective retrieval", "--to", "160", "--pairs", "pairs.jsonl")]
    [InlineData("--algorithm: found gradient", "--objective", "retrieval", "--to", "160", "--pairs", "pairs.jsonl", "--algorithm", "gradient")]
    [InlineData("line 1.document: found nothing", "--objective", "retrieval", "--to", "160", "--pairs", "half.jsonl")]
    [InlineData("found documents of at most", "--objective", "retrieval", "--to", "160", "--pairs", "short.jsonl")]
    [InlineData("expected at least 4", "--objective", "retrieval", "--to", "160", "--pairs", "few.jsonl")]
    public void Bad_input_is_told_and_nothing_is_written(string message, params string[] options)
    {
        _ = Pairs;
        _work.Write("half.jsonl", """{"query":"a"}""");
        _work.Write("short.jsonl", string.Concat(Enumerable.Repeat("""{"query":"a","document":"b"}""" + "\n", 5)));
        _work.Write("long.txt", string.Join(' ', Enumerable.Range(0, 1000).Select(Word)));
        _work.Write("few.jsonl", string.Concat(Enumerable.Range(0, 3).Select(i => JsonSerializer.Serialize(new { query = Query(i), document = Document(i) }) + "\n")));
        var run = Command.Run(["search", _model.Root, "--out", _work.PathOf("f.json"), .. options.Select(o => o.Contains(".jsonl", StringComparison.Ordinal) || o.Contains(".txt", StringComparison.Ordinal) ? _work.PathOf(o) : o)]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(File.Exists(_work.PathOf("f.json")));
    }

    private static string Query(int i) => $"the {Word(i)} and the {Word(i + 3)}";

    private static string Document(int i) => string.Join(' ', Enumerable.Range(0, 100 + i).Select(k => k == 70 ? Word(i) : Word((k * k) + i)));

    private static string Word(int i) => ((string[])["cat", "river", "house", "moon", "blue", "bread", "stone", "night", "green", "door", "song"])[i % 11];

    private JsonElement Search(string factors) => Command.Result(
        "search", _model.Root, "--objective", "retrieval", "--pairs", Pairs, "--to", $"{Target}", "--out", _work.PathOf(factors), "--algorithm", "evolution", "--population", "8", "--iterations", "2", "--windows", "3", "--attention-factor", "1");

    /// <summary>Asks for a stop after so many batches.</summary>
    private sealed class Stopper(CancellationTokenSource stop, int after) : IJobReporter
    {
        private int _count;

        public void Line(string text)
        {
        }

        public void Live(JobProgress progress)
        {
            if (++_count == after)
            {
                stop.Cancel();
            }
        }
    }
}
