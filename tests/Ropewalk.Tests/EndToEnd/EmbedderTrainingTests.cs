using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>train --embedder and tune of embedders as a user runs them.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EmbedderTrainingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("absolute", "bert")]
    [InlineData("rotary", "nomic_bert")]
    public void A_new_embedder_learns_and_embeds(string kind, string modelType)
    {
        var result = Command.Result([.. Train(kind, kind, steps: 25), "--recall-pairs", "0"]);
        Assert.True(result.GetProperty("last_loss").GetDouble() < 0.7 * result.GetProperty("first_loss").GetDouble());
        var heldOut = result.GetProperty("held_out").EnumerateArray().ToArray();
        Assert.Equal(["spans 16", "facts 16", "lines 16", "spans 32", "facts 32", "lines 32", "spans 64", "facts 64", "lines 64"], heldOut.Select(h => $"{h.GetProperty("kind").GetString()} {h.GetProperty("length").GetInt32()}"));
        var folder = _folder.PathOf(kind + "/model");
        Assert.Equal(modelType, JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).GetProperty("model_type").GetString());
        var input = _folder.Write("docs.txt", "A rope is walked.\nNothing else.\n");
        var embedded = Command.Result("embed", folder, "--in", input, "--out", _folder.PathOf("v.jsonl"));
        Assert.Equal((2, "mean", true, 64), (embedded.GetProperty("texts").GetInt32(), embedded.GetProperty("pooling").GetString(), embedded.GetProperty("normalizes").GetBoolean(), embedded.GetProperty("max_tokens").GetInt32()));
    }

    [Fact]
    public void A_killed_run_goes_on_to_the_same_bytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // With other numbers of threads, since they change nothing.
        Assert.Equal(0, Command.Run([.. Train("rotary", "whole"), "--threads", "2"]).Code);
        using var child = Command.Start("exec \"$@\"", _folder.Root, [.. Train("rotary", "killed"), "--threads", "1"]);
        var checkpoint = _folder.PathOf("killed/training.safetensors");
        var clock = Stopwatch.StartNew();
        while (!File.Exists(checkpoint))
        {
            Assert.True(!child.HasExited && clock.Elapsed < s_patience);
            Thread.Sleep(5);
        }

        using var kill = Process.Start("kill", ["-s", "KILL", child.Id.ToString()]);
        kill.WaitForExit();
        _ = Command.Finish(child);
        var resumed = Command.Run([.. Train("rotary", "killed"), "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        foreach (var name in (string[])["training.safetensors", "result.json", "model/model.safetensors", "model/config.json", "model/tokenizer.json", "model/modules.json", "model/1_Pooling/config.json"])
        {
            Assert.True(File.ReadAllBytes(_folder.PathOf("whole/" + name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf("killed/" + name))), name);
        }

        var other = Command.Run([.. Train("rotary", "killed"), "--resume", "--temperature", "0.5"]);
        Assert.Equal(2, other.Code);
        Assert.Contains("temperature", Assert.Single(other.Complaints), StringComparison.Ordinal);
    }

    [SharedFact]
    public void New_rows_of_a_longer_table_are_tuned_and_nothing_else()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        var result = Command.Result("tune", model.Root, Pairs(), "--out", _folder.PathOf("out"), "--to", "1024", "--only", "positions", "--freeze-original-rows", "--skip", "--batch", "4", "--chunk", "3", "--steps", "6", "--learning-rate", "5e-3", "--temperature", "0.05");
        Assert.Equal(1024 * SmallEmbedder.Width, result.GetProperty("trained_parameters").GetInt32());
        using var before = SafetensorsFile.Open(model.PathOf("model.safetensors"));
        using var after = SafetensorsFile.Open(_folder.PathOf("out/model/model.safetensors"));
        var moved = 0;
        foreach (var (name, tensor) in before.Tensors)
        {
            var (old, now) = (Values(before, tensor), Values(after, after.Tensors[name]));
            Numbers.Same(old, now.AsSpan(0, old.Length), name);
            moved += Enumerable.Range(0, now.Length - old.Length).Count(i => now[old.Length + i] != old[i]);
        }

        Assert.InRange(moved, 1000, 512 * SmallEmbedder.Width);
        Assert.Equal(1024, JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/model/sentence_bert_config.json"))).GetProperty("max_seq_length").GetInt32());
        var input = _folder.Write("docs.txt", string.Concat(Enumerable.Repeat("word ", 1000)) + "\n");
        Assert.Equal(1002, Command.Result("embed", _folder.PathOf("out/model"), "--in", input, "--out", _folder.PathOf("v.npy")).GetProperty("tokens").GetInt32());
    }

    [SharedFact]
    public void Adapters_are_tuned_with_hard_negatives()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        var result = Command.Result("tune", model.Root, Pairs(), "--out", _folder.PathOf("out"), "--lora", "2", "--lora-targets", "query,value", "--batch", "4", "--steps", "20", "--learning-rate", "0.02", "--temperature", "0.05", "--symmetric", "--query-prefix", "query: ");
        Assert.Equal(2 * 2 * 2 * 2 * SmallEmbedder.Width, result.GetProperty("trained_parameters").GetInt32());
        Assert.True(result.GetProperty("last_loss").GetDouble() < result.GetProperty("first_loss").GetDouble());
        Assert.Equal("FEATURE_EXTRACTION", JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/adapter/adapter_config.json"))).GetProperty("task_type").GetString());
        Assert.Equal(0, Command.Run("embed", _folder.PathOf("out/model"), "--in", _folder.Write("a.txt", "one\ntwo\n"), "--out", _folder.PathOf("v.npy")).Code);
    }

    /// <summary>The config of one may be that of the other, and the folder's name too.</summary>
    [SharedTheory]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public void A_tuning_does_not_go_on_with_another_base(string file)
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        string[] tune = ["tune", model.Root, Pairs(), "--out", _folder.PathOf("out"), "--only", "positions", "--batch", "4", "--steps", "2"];
        Assert.Equal(0, Command.Run(tune).Code);
        Assert.Equal(0, Command.Run([.. tune, "--resume"]).Code);
        var bytes = File.ReadAllBytes(model.PathOf(file));
        File.WriteAllBytes(model.PathOf(file), file == "tokenizer.json" ? [.. bytes, (byte)'\n'] : [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        var run = Command.Run([.. tune, "--resume"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    /// <summary>What other programs cut texts at is raised with the window, and code that the config names comes along.</summary>
    [SharedFact]
    public void A_tuned_folder_cuts_nowhere_and_has_its_code()
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        SmallEmbedder.Change(model.PathOf("config.json"), """{"auto_map":{"AutoModel":"modeling_small.SmallModel"}}""");
        model.Write("modeling_small.py", "# code\n");
        Assert.Equal(0, Command.Run("tune", model.Root, Pairs(), "--out", _folder.PathOf("out"), "--to", "1024", "--only", "positions", "--batch", "4", "--steps", "1").Code);
        Assert.Equal("# code\n", File.ReadAllText(_folder.PathOf("out/model/modeling_small.py")));
        Assert.Equal(1024, JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/model/tokenizer_config.json"))).GetProperty("model_max_length").GetInt32());
        var (before, after) = (File.ReadAllText(model.PathOf("tokenizer.json")), File.ReadAllText(_folder.PathOf("out/model/tokenizer.json")));
        Assert.Equal(1024, JsonElement.Parse(after).GetProperty("truncation").GetProperty("max_length").GetInt32());
        Assert.Equal(before, after.Replace("\"max_length\": 1024", "\"max_length\": 256", StringComparison.Ordinal));
    }

    [SharedTheory]
    [InlineData("--freeze-original-rows: found it without --to", "--freeze-original-rows")]
    [InlineData("--only: found \"some\", expected positions or full", "--only", "some")]
    [InlineData("--scaling: found ntk:2 for a model with learned positions", "--scaling", "ntk:2")]
    [InlineData("--table: found \"long\"", "--to", "1024", "--table", "long")]
    [InlineData("--accumulate: found 2, expected 1", "--accumulate", "2")]
    [InlineData("--original-share: found it for an embedder", "--original-share", "0.5")]
    [InlineData("--temperature: found 0", "--temperature", "0")]
    [InlineData("--pooling", "--pooling", "cls")]
    [InlineData("--batch: found 1000", "--batch", "1000")]
    public void What_makes_no_sense_is_one_line(string message, params string[] options)
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        var run = Command.Run(["tune", model.Root, Pairs(), "--out", _folder.PathOf("out"), "--steps", "1", .. options]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message == "--pooling" ? "pooling: found cls, expected mean" : message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out/model")));
    }

    [SharedTheory]
    [InlineData("expected one of the two", "text.txt", "pairs.jsonl")]
    [InlineData("--batch: found 8, expected at most 0, the passages of 512 tokens", "text.txt")]
    [InlineData("--pair-window: found 513, expected at most the 512 positions", "text.txt", "--pair-window", "513")]
    [InlineData("--pair-window: found 63, expected 64 to", "text.txt", "--pair-window", "63")]
    [InlineData("--window: found it with texts, expected --pair-window", "text.txt", "--window", "128")]
    [InlineData("--truncate: found it with texts", "text.txt", "--truncate")]
    [InlineData("--recall: found it for an embedder", "text.txt", "--recall", "0.5")]
    [InlineData("--recall-pairs: found 2, expected 0 to 1", "text.txt", "--recall-pairs", "2")]
    [InlineData("--pair-window: found it with pairs (.jsonl)", "pairs.jsonl", "--pair-window", "128")]
    [InlineData("--recall-pairs: found it with pairs (.jsonl)", "pairs.jsonl", "--recall-pairs", "0.5")]
    public void Texts_and_pairs_have_options_of_their_own(string message, params string[] data)
    {
        using var model = new TemporaryFolder();
        SmallEmbedder.Write(model);
        Pairs();
        _folder.Write("text.txt", "words");
        var run = Command.Run(["tune", model.Root, .. data.Select(d => d.Contains('.', StringComparison.Ordinal) && !d.StartsWith('0') ? _folder.PathOf(d) : d), "--out", _folder.PathOf("out")]);
        Assert.Equal(2, run.Code);
        Assert.Contains(message, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    [Theory]
    [InlineData("absolute")]
    [InlineData("rotary")]
    public void Text_tunes_an_embedder_for_a_longer_window(string kind)
    {
        Assert.Equal(0, Command.Run(Train(kind, kind)).Code);
        string[] extended = kind == "rotary" ? ["--scaling", "ntk:2"] : [];
        string[] tune = ["tune", _folder.PathOf(kind + "/model"), Text(), "--to", "128", "--pair-window", "128", "--recall-pairs", "0", "--batch", "8", "--chunk", "12", "--temperature", "0.1", "--learning-rate", "2e-3", "--steps", "24", "--save-every", "4", .. extended];
        var result = Command.Result([.. tune, "--out", _folder.PathOf("a")]);
        Assert.True(result.GetProperty("last_loss").GetDouble() < 0.7 * result.GetProperty("first_loss").GetDouble());
        string[] expected = ["spans 32", "facts 32", "lines 32", "spans 64", "facts 64", "lines 64", "spans 128", "facts 128", "lines 128"];
        foreach (var when in (string[])["held_out_before", "held_out"])
        {
            Assert.Equal(expected, result.GetProperty(when).EnumerateArray().Select(h => $"{h.GetProperty("kind").GetString()} {h.GetProperty("length").GetInt32()}"));
        }

        Assert.NotEqual(result.GetProperty("held_out_before").GetRawText(), result.GetProperty("held_out").GetRawText());
        var input = _folder.Write("docs.txt", string.Concat(Enumerable.Repeat("rope ", 30)) + "\n");
        Assert.Equal(128, Command.Result("embed", _folder.PathOf("a/model"), "--in", input, "--out", _folder.PathOf("v.npy")).GetProperty("max_tokens").GetInt32());

        // With another number of threads, stopped after some steps and gone on with: the same bytes.
        using var child = Command.Start("exec \"$@\"", _folder.Root, [.. tune, "--out", _folder.PathOf("b"), "--threads", "1"]);
        var clock = Stopwatch.StartNew();
        while (!File.Exists(_folder.PathOf("b/training.safetensors")))
        {
            Assert.True(!child.HasExited && clock.Elapsed < s_patience);
            Thread.Sleep(5);
        }

        child.Kill();
        _ = Command.Finish(child);
        var resumed = Command.Run([.. tune, "--out", _folder.PathOf("b"), "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Contains("recall@1, before: ", resumed.Output, StringComparison.Ordinal);
        Assert.Contains("recall@1, after: ", resumed.Output, StringComparison.Ordinal);
        foreach (var name in (string[])["training.safetensors", "result.json", "model/model.safetensors", "model/config.json"])
        {
            Assert.True(File.ReadAllBytes(_folder.PathOf("a/" + name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf("b/" + name))), name);
        }

        // What decides the numbers may not change on the way: the texts, their length, the share of questions.
        var more = _folder.Write("more.txt", "more");
        foreach (var changed in (string[][])[[more], ["--pair-window", "64"], ["--recall-pairs", "0.5"], ["--query-prefix", "q"]])
        {
            var kept = changed[0].StartsWith("--", StringComparison.Ordinal) && Array.IndexOf(tune, changed[0]) is >= 0 and var at ? [.. tune[..at], .. tune[(at + 2)..]] : tune;
            var run = Command.Run([.. kept[..3], .. changed, .. kept[3..], "--out", _folder.PathOf("b"), "--resume"]);
            Assert.Equal(2, run.Code);
            Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Short_texts_are_spread_over_a_longer_window()
    {
        Assert.Equal(0, Command.Run(Train("rotary", "model")).Code);
        var result = Command.Result("tune", _folder.PathOf("model/model"), Text(), "--out", _folder.PathOf("out"), "--to", "512", "--skip", "--scaling", "ntk:8", "--batch", "4", "--steps", "2");
        Assert.Equal(64, result.GetProperty("held_out").EnumerateArray().Max(h => h.GetProperty("length").GetInt32()));
        Assert.Contains("\"skips_to\": 512", File.ReadAllText(_folder.PathOf("out/run.json")), StringComparison.Ordinal);
    }

    private string[] Train(string kind, string name, int steps = 12) =>
        ["train", Text(), "--out", _folder.PathOf(name), "--embedder", kind, "--width", "32", "--layers", "2", "--heads", "2", "--window", "64", "--vocabulary", "300", "--steps", $"{steps}", "--batch", "8", "--chunk", "12", "--temperature", "0.1", "--learning-rate", "3e-3", "--save-every", "4"];

    private string Text() => _folder.Write(
        "text.txt", string.Concat(Enumerable.Range(0, 2500).Select(i => $"In chapter {i / 60} the {Words[i / 60 % Words.Length]} of the walk is {i % 13} ells from the {Words[(i / 60 * 7 + 3) % Words.Length]}.\n")));

    private static string[] Words => ["rope", "tower", "harbour", "garden", "miller", "captain", "lantern", "forest", "bridge", "letter", "market"];

    private string Pairs() => _folder.Write("pairs.jsonl", string.Concat(Enumerable.Range(0, 12).Select(i =>
        $$"""{"query":"where is {{Words[i % 11]}} {{i}}?","positive":"the {{Words[i % 11]}} number {{i}} is here","negatives":["no {{Words[(i + 1) % 11]}} anywhere"]}""" + "\n")));

    private static float[] Values(SafetensorsFile file, TensorEntry tensor)
    {
        var values = new float[tensor.Elements];
        file.ReadAsSingle(tensor, 0, values);
        return values;
    }
}
