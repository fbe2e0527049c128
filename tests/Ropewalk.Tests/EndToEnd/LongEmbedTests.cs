using System.Text.Json;
using Ropewalk.Cli;
using Ropewalk.Lab.LongEmbed;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>bench longembed on small embedders.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class LongEmbedTests : IDisposable
{
    private static readonly string[] s_small = ["--lengths", "64,300", "--to", "1024", "--documents", "8", "--queries", "5"];

    private readonly TemporaryFolder _model = new();
    private readonly TemporaryFolder _folder = new();

    public LongEmbedTests()
    {
        if (SharedData.Folder is not null)
        {
            SmallEmbedder.Write(_model);
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [SharedFact]
    public void The_table_has_every_method_and_counts_what_did_not_fit()
    {
        var result = Command.Result(["bench", "longembed", _model.Root, "--out", _folder.PathOf("out"), .. s_small]);
        Assert.Equal(["none", "pcw", "gp", "rp", "pi"], result.GetProperty("methods").EnumerateArray().Select(m => m.GetProperty("name").GetString()!));
        foreach (var task in result.GetProperty("tasks").EnumerateArray())
        {
            var methods = task.GetProperty("methods").EnumerateArray().ToList();
            Assert.Equal("best", Assert.Single(methods, m => m.GetProperty("standing").GetString() == "best").GetProperty("standing").GetString());

            // The folder reads 256 tokens: documents of 300 do not fit into that, and pcw cuts them.
            Assert.Equal([8, 0, 0, 0, 0], methods.Select(m => m.GetProperty("documents_that_did_not_fit").GetInt32()));
            Assert.Equal([0, 8, 0, 0, 0], methods.Select(m => m.GetProperty("documents_in_pieces").GetInt32()));
            Assert.Equal([64, 300], methods[0].GetProperty("lengths").EnumerateArray().Select(l => l.GetProperty("length").GetInt32()));

            // A text below the window is the same under all of these.
            foreach (var name in (string[])["none", "pcw", "rp"])
            {
                var row = methods.Single(m => m.GetProperty("method").GetString() == name);
                Assert.Equal(methods[0].GetProperty("ranks").EnumerateArray().Take(5).Select(r => r.GetInt32()), row.GetProperty("ranks").EnumerateArray().Take(5).Select(r => r.GetInt32()));
            }
        }

        Assert.True(File.Exists(_folder.PathOf("out/report.html")));
        Assert.Equal(5 * 3, Directory.GetFiles(_folder.PathOf("out/mteb"), "*.json", SearchOption.AllDirectories).Length);
        _ = System.Xml.Linq.XDocument.Parse(File.ReadAllText(_folder.PathOf("out/report.html")).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
    }

    /// <summary>A journal that ends where a kill left it, even within an entry.</summary>
    [SharedTheory]
    [InlineData(0.3)]
    [InlineData(0.77)]
    public void A_run_that_was_cut_off_ends_with_the_same_bytes(double share)
    {
        var (whole, cut) = (_folder.PathOf("whole"), _folder.PathOf("cut"));
        Command.Result(["bench", "longembed", _model.Root, "--out", whole, .. s_small]);
        Directory.CreateDirectory(Path.Combine(cut, "ropewalk"));
        File.Copy(Path.Combine(whole, "ropewalk", "run.json"), Path.Combine(cut, "ropewalk", "run.json"));
        var journal = File.ReadAllBytes(Path.Combine(whole, "ropewalk", "journal"));
        File.WriteAllBytes(Path.Combine(cut, "ropewalk", "journal"), journal[..(int)(journal.Length * share)]);
        Command.Result("bench", "longembed", "--resume", cut);
        Assert.Equal(journal, File.ReadAllBytes(Path.Combine(cut, "ropewalk", "journal")));
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "ropewalk", "result.json")), File.ReadAllText(Path.Combine(cut, "ropewalk", "result.json")));
        Assert.Equal("done", Command.Result("runs", cut)[0].GetProperty("state").GetString());
    }

    /// <summary>Factors that a spec names are found again from another folder, and may be named twice.</summary>
    [SharedFact]
    public void A_factors_file_of_a_spec_is_found_from_every_folder()
    {
        using var rotary = new TemporaryFolder();
        SmallEmbedder.Write(rotary, """{"model_type":"modernbert","hidden_size":24,"intermediate_size":48,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":64,"norm_eps":1e-5,"global_rope_theta":10000.0,"local_rope_theta":10000.0,"global_attn_every_n_layers":1,"local_attention":32,"hidden_activation":"gelu"}""");
        SmallEmbedder.Change(rotary.PathOf("sentence_bert_config.json"), """{"max_seq_length":64}""");
        _folder.Write("f.json", """{"version":1,"rotary_dimension":12,"base":10000,"original_context":64,"target_context":128,"entries":[{"maximum_length":128,"attention_factor":1.05,"start_tokens":0,"rescale_factors":[1,1.1,1.3,1.7,2,2]}]}""");
        using var child = Command.Start("exec \"$@\"", _folder.Root, "bench", "longembed", rotary.Root, "--out", "out", "--methods", "longrope,longrope:f.json", "--factors", "f.json", "--lengths", "64", "--to", "128", "--documents", "4", "--queries", "2");
        var run = Command.Finish(child);
        Assert.True(run.Code == 0, run.Error);
        _ = LongEmbedJob.Resume(_folder.PathOf("out/ropewalk"), new ConsoleReporter(TextWriter.Null, isTerminal: false), TimeProvider.System, CancellationToken.None);
    }

    [SharedFact]
    public void A_stop_says_what_continues()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var target = _folder.PathOf("out");
        var child = Command.Start("exec \"$@\"", _folder.Root, "bench", "longembed", _model.Root, "--out", target, "--lengths", "256..4096", "--to", "4096");
        while (!child.HasExited && !(File.Exists(Path.Combine(target, "ropewalk", "journal")) && new FileInfo(Path.Combine(target, "ropewalk", "journal")).Length > 20_000))
        {
            Thread.Sleep(20);
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{child.Id}"]))
        {
            kill.WaitForExit();
        }

        var run = Command.Finish(child);
        Assert.Equal(130, run.Code);
        Assert.Equal($"ropewalk: stopped; what was recorded so far is kept, and this continues: ropewalk bench longembed --resume {target}", Assert.Single(run.Complaints));
        Assert.False(Directory.Exists(Path.Combine(target, "mteb")));
    }

    /// <summary>The ranks are those of the vectors that embed writes, which llama.cpp judges, in trec_eval's order.</summary>
    [SharedFact]
    public void Real_texts_are_ranked_by_the_vectors_of_embed()
    {
        var task = Task();
        var result = Command.Result("bench", "longembed", _model.Root, "--out", _folder.PathOf("out"), "--data", _folder.Root, "--tasks", "narrativeqa", "--methods", "pcw", "--document-prompt", "passage: ");
        var documents = Vectors(Path.Combine(task, "corpus.jsonl"), "--chunk", "--prefix", "passage: ");
        var queries = Vectors(Path.Combine(task, "queries.jsonl"));
        var expected = queries.Select((q, i) => 1 + documents.Count(d => Dot(q, d) > Dot(q, documents[i]))).ToList();
        var scores = result.GetProperty("tasks")[0].GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("method").GetString() == "pcw");
        Assert.Equal(expected, scores.GetProperty("ranks").EnumerateArray().Select(r => r.GetInt32()));
        Assert.Equal(expected.Average(r => r <= 10 ? 1 / Math.Log2(r + 1) : 0), scores.GetProperty("score").GetDouble(), 1e-12);
        Assert.Equal(1, scores.GetProperty("documents_in_pieces").GetInt32());
        var file = JsonElement.Parse(File.ReadAllText(Directory.GetFiles(_folder.PathOf("out/mteb"), "LEMBNarrativeQARetrieval.json", SearchOption.AllDirectories).Single(f => f.Contains("__pcw", StringComparison.Ordinal))));
        Assert.Equal(scores.GetProperty("score").GetDouble(), file.GetProperty("scores").GetProperty("test")[0].GetProperty("main_score").GetDouble());
    }

    [SharedTheory]
    [InlineData("--tasks: found \"mteb\"", "--tasks", "mteb")]
    [InlineData("--tasks: found qmsum without its texts", "--tasks", "qmsum")]
    [InlineData("--data: found", "--data", "/")]
    [InlineData("--to: found 512, expected more than the model's window of 512", "--to", "512")]
    [InlineData("--methods: found \"ntk\"", "--methods", "ntk")]
    [InlineData("--lengths: found \"9..3\"", "--lengths", "9..3")]
    [InlineData("--lengths: found 8, expected at least", "--lengths", "8")]
    [InlineData("--documents: found 101", "--documents", "101")]
    [InlineData("--queries: found 101", "--queries", "101")]
    [InlineData("pooling: found cls, expected mean", "--pooling", "cls")]
    public void Bad_options_are_told_and_nothing_is_written(string message, params string[] options)
    {
        var run = Command.Run(["bench", "longembed", _model.Root, "--out", _folder.PathOf("out"), .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());
    }

    [SharedFact]
    public void A_damaged_task_is_told_and_nothing_is_written()
    {
        var qrels = Path.Combine(Task(), "qrels.jsonl");
        File.AppendAllText(qrels, """{"qid":"q0","doc_id":"nobody"}""");
        var run = Command.Run("bench", "longembed", _model.Root, "--out", _folder.PathOf("out"), "--data", _folder.Root);
        Assert.Equal(2, run.Code);
        Assert.Equal($"ropewalk: {qrels}: line 13.doc_id: found \"nobody\", expected a document of corpus.jsonl", Assert.Single(run.Complaints));
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    [SharedFact]
    public void The_estimate_alone_writes_nothing()
    {
        var run = Command.Run(["bench", "longembed", _model.Root, "--out", _folder.PathOf("out"), "--dry-run", "--json", .. s_small]);
        Assert.Equal(0, run.Code);
        Assert.Equal(["none", "pcw", "gp", "rp", "pi"], run.Json.GetProperty("methods").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(52, run.Json.GetProperty("texts").GetInt32());
        Assert.True(run.Json.GetProperty("seconds").GetDouble() > 0);
        Assert.Contains("5 methods (none, pcw, gp, rp, pi), 2 tasks with 52 texts", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());
    }

    private static double Dot(float[] x, float[] y) => x.Zip(y, (a, b) => (double)a * b).Sum();

    /// <summary>A dozen documents of which one is longer than the window, and a query for each.</summary>
    private string Task()
    {
        var task = Directory.CreateDirectory(_folder.PathOf("narrativeqa")).FullName;
        string[] nouns = ["cat", "river", "mill", "king", "boat", "garden", "letter", "winter", "bridge", "song", "window", "road"];
        File.WriteAllLines(Path.Combine(task, "corpus.jsonl"), nouns.Select((n, i) => $$"""{"doc_id":"d{{i}}","text":"{{string.Concat(Enumerable.Repeat($"The {n} was old. ", i == 4 ? 90 : i + 2))}}"}"""));
        File.WriteAllLines(Path.Combine(task, "queries.jsonl"), nouns.Select((n, i) => $$"""{"qid":"q{{i}}","text":"What was the {{n}} like?"}"""));
        File.WriteAllLines(Path.Combine(task, "qrels.jsonl"), nouns.Select((_, i) => $$"""{"qid":"q{{i}}","doc_id":"d{{i}}"}"""));
        return task;
    }

    private List<float[]> Vectors(string input, params string[] options)
    {
        var output = _folder.PathOf("v.jsonl");
        Command.Result(["embed", _model.Root, "--in", input, "--out", output, .. options]);
        return [.. File.ReadLines(output).Select(l => JsonElement.Parse(l).GetProperty("embedding").EnumerateArray().Select(n => n.GetSingle()).ToArray())];
    }
}
