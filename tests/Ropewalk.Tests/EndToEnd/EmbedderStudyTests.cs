using System.Text.Json;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>study embedders on small embedders: one of a window of 128 tokens, one of 512.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EmbedderStudyTests : IDisposable
{
    private readonly TemporaryFolder _short = new();
    private readonly TemporaryFolder _long = new();
    private readonly TemporaryFolder _folder = new();

    public EmbedderStudyTests()
    {
        if (SharedData.Folder is null)
        {
            return;
        }

        SmallEmbedder.Write(_long);
        var config = JsonElement.Parse(File.ReadAllText(_long.PathOf("config.json"))).EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value, StringComparer.Ordinal);
        config["max_position_embeddings"] = 128;
        SmallEmbedder.Write(_short, JsonSerializer.Serialize(config));
        File.WriteAllText(_short.PathOf("sentence_bert_config.json"), """{"max_seq_length":128,"do_lower_case":false}""");
        File.WriteAllText(_folder.PathOf("book.txt"), string.Join('\n', Enumerable.Range(0, 9000).Select(i => $"word{i}")));
    }

    public void Dispose()
    {
        _short.Dispose();
        _long.Dispose();
        _folder.Dispose();
    }

    [SharedFact]
    public void A_model_that_is_long_enough_has_no_method_and_seeds_are_put_together()
    {
        var result = Command.Result(Study("out"));
        Assert.Equal(128, result.GetProperty("short_length").GetInt32());
        var tables = result.GetProperty("tables").EnumerateArray().ToList();
        Assert.Equal([256, 256, 1024, 1024], tables.Select(t => t.GetProperty("target_context").GetInt32()));
        string[] all = ["none", "pcw", "gp", "rp", "pi"];
        Assert.Equal(
            [string.Join(' ', all), "none", string.Join(' ', all), string.Join(' ', all)],
            tables.Select(t => string.Join(' ', t.GetProperty("methods").EnumerateArray().Select(m => m.GetProperty("method").GetString()))));

        // Every run is there to be looked at, and the pooled share is that of its queries.
        var name = tables[0].GetProperty("model").GetString()!;
        var ranks = Enumerable.Range(0, 2).Select(seed => Ranks(Path.Combine(_folder.PathOf("out"), name, "256", $"{seed}", "ropewalk", "result.json"), "pairs", "pcw")).ToList();
        var score = tables[0].GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("method").GetString() == "pcw").GetProperty("tasks").EnumerateArray().Single(t => t.GetProperty("task").GetString() == "pairs");

        // Four queries of 128 tokens, then four of 256.
        Assert.Equal(ranks.SelectMany(r => r[4..]).Average(r => r == 1 ? 1d : 0), score.GetProperty("score").GetDouble(), 1e-12);
        Assert.Equal(ranks.SelectMany(r => r[..4]).Average(r => r == 1 ? 1d : 0), score.GetProperty("short").GetDouble(), 1e-12);
        Assert.Equal(ranks.Select(r => r[4..].Average(x => x == 1 ? 1d : 0)), score.GetProperty("by_seed").EnumerateArray().Select(s => s.GetDouble()));
        _ = System.Xml.Linq.XDocument.Parse(File.ReadAllText(_folder.PathOf("out/embedders.svg")));
    }

    /// <summary>As a kill leaves it: some runs done, one in its middle, the others not begun.</summary>
    [SharedFact]
    public void A_study_that_was_cut_off_ends_with_the_same_bytes()
    {
        var (whole, cut) = (_folder.PathOf("whole"), _folder.PathOf("cut"));
        var result = Command.Result(Study("whole"));
        var names = result.GetProperty("models").EnumerateArray().Select(m => m.GetProperty("name").GetString()!).ToList();
        Copy("ropewalk", "run.json");
        var done = Path.Combine(names[0], "256", "0", "ropewalk");
        Copy(done, "run.json", "journal", "result.json");
        var middle = Path.Combine(names[0], "256", "1", "ropewalk");
        Copy(middle, "run.json");
        var journal = File.ReadAllBytes(Path.Combine(whole, middle, "journal"));
        File.WriteAllBytes(Path.Combine(cut, middle, "journal"), journal[..(journal.Length / 2)]);
        var before = File.GetLastWriteTimeUtc(Path.Combine(cut, done, "result.json"));

        Command.Result("study", "embedders", "--resume", cut);
        Assert.Equal(File.ReadAllText(Path.Combine(whole, "ropewalk", "result.json")), File.ReadAllText(Path.Combine(cut, "ropewalk", "result.json")));
        Assert.Equal(journal, File.ReadAllBytes(Path.Combine(cut, middle, "journal")));
        Assert.Equal(before, File.GetLastWriteTimeUtc(Path.Combine(cut, done, "result.json")));
        Assert.Contains("this run is finished", Command.Run("study", "embedders", "--resume", cut).Error, StringComparison.Ordinal);

        void Copy(string folder, params string[] files)
        {
            Directory.CreateDirectory(Path.Combine(cut, folder));
            foreach (var file in files)
            {
                File.Copy(Path.Combine(whole, folder, file), Path.Combine(cut, folder, file));
            }
        }
    }

    [SharedTheory]
    [InlineData("--to: found 128", "--to", "128")]
    [InlineData("--short: found 129, expected 1 to 128", "--short", "129")]
    [InlineData("--to: found 64 (64 tokens) after the original window of 64", "--short", "64", "--to", "64")]
    [InlineData("--seeds: found 0", "--seeds", "0")]
    [InlineData("--factors: found \"x\", expected MODEL/TOKENS=FILE", "--factors", "x")]
    [InlineData("--factors: found x/256, expected one of ", "--factors", "x/256=f.json")]
    [InlineData("--documents: found 0", "--documents", "0")]
    public void Bad_options_are_told_and_nothing_is_written(string message, params string[] options)
    {
        var run = Command.Run(["study", "embedders", _short.Root, "--out", _folder.PathOf("out"), .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, run.Complaints[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    [SharedFact]
    public void The_estimate_alone_writes_nothing()
    {
        var run = Command.Run([.. Study("out"), "--dry-run", "--json"]);
        Assert.Equal(0, run.Code);
        Assert.Equal(8, run.Json.GetProperty("runs").GetInt32());
        var parts = run.Json.GetProperty("parts").EnumerateArray().ToList();
        Assert.Equal([256, 256, 1024, 1024], parts.Select(p => p.GetProperty("target_context").GetInt32()));
        Assert.Equal(run.Json.GetProperty("seconds").GetDouble(), parts.Sum(p => p.GetProperty("seconds").GetDouble()), 1e-6);
        Assert.Contains("2 seeds: 8 runs, ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    private static List<int> Ranks(string path, string task, string method) =>
        [.. JsonElement.Parse(File.ReadAllText(path)).GetProperty("tasks").EnumerateArray().Single(t => t.GetProperty("name").GetString() == task)
            .GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("method").GetString() == method)
            .GetProperty("ranks").EnumerateArray().Select(r => r.GetInt32())];

    private string[] Study(string folder) =>
        ["study", "embedders", _short.Root, _long.Root, "--to", "256,1024", "--seeds", "2", "--documents", "6", "--queries", "4", "--pairs", _folder.PathOf("book.txt"), "--out", _folder.PathOf(folder)];
}
