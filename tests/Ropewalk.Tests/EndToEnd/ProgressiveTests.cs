using System.Text.Json;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Lab.Progressive;
using Ropewalk.Lab.Runs.Records;
using Ropewalk.Lab.Training;
using Ropewalk.Tests.Durability;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>LongRoPE's road on a tiny model: what it makes, that it goes on from anywhere, what it refuses.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ProgressiveTests(TinyModel tiny) : IClassFixture<TinyModel>, IDisposable
{
    private static readonly string[] s_made = ["config.json", "model.safetensors", "factors.json", "stage-128/model/model.safetensors", "stage-256/model/model.safetensors"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_road_ends_in_a_checkpoint_that_measures_as_recorded()
    {
        var result = Command.Result([.. Road("out", heldoutWindows: 1), "--then", "8x", "--compare"]);
        Assert.Equal([128, 256, 512], result.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("length").GetInt32()));
        Assert.Equal([3000L, 3000L, 0L], result.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("tokens").GetInt64()));

        // Factors stay relative to the base as trained, whatever stage found them.
        var config = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/config.json")));
        Assert.Equal(10000, config.GetProperty("rope_theta").GetDouble());
        Assert.Equal(512, config.GetProperty("max_position_embeddings").GetInt32());
        Assert.Equal(TinyModel.Window, config.GetProperty("original_max_position_embeddings").GetInt32());
        Assert.Equal(Numbers(result.GetProperty("rescale_factors")), Numbers(config.GetProperty("rope_scaling").GetProperty("long_factor")));
        Assert.Equal(Numbers(result.GetProperty("short_rescale_factors")), Numbers(config.GetProperty("rope_scaling").GetProperty("short_factor")));

        // The weights of the last tuning, and the export as another command measures it.
        Assert.Equal(File.ReadAllBytes(_folder.PathOf("out/stage-256/model/model.safetensors")), File.ReadAllBytes(_folder.PathOf("out/model.safetensors")));
        Assert.Equal(tiny.Nll(_folder.PathOf("out"), 512), Method(result, "progressive", 512).GetProperty("nll").GetDouble(), 1e-6);
        Assert.Equal(tiny.Nll(_folder.PathOf("out/linear-256/model"), 256), Method(result, "linear, tuned", 256).GetProperty("nll").GetDouble(), 1e-6);
        Assert.Equal(tiny.Nll(tiny.Model, 512), Method(result, "none", 512).GetProperty("nll").GetDouble(), 1e-6);

        var methods = result.GetProperty("methods").EnumerateArray().Where(m => m.GetProperty("length").GetInt32() == 512).Select(m => m.GetProperty("method").GetString());
        Assert.Equal(["none", "window", "linear, tuned", "yarn, tuned", "direct, tuned", "progressive"], methods);
        Assert.All(result.GetProperty("direct_stages").EnumerateArray().Take(1), s => Assert.Equal(6000, s.GetProperty("tokens").GetInt64()));
        Assert.False(File.Exists(_folder.PathOf("out/stage-128/training.safetensors")));
    }

    [Fact]
    public void A_dry_run_prints_its_plan_and_leaves_nothing()
    {
        var plan = Command.Result([.. Road("out"), "--then", "8x", "--dry-run"]);
        Assert.True(plan.GetProperty("dry_run").GetBoolean());
        Assert.Equal(512, plan.GetProperty("target_context").GetInt32());
        Assert.Equal([128, 256], plan.GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("length").GetInt32()));
        Assert.InRange(plan.GetProperty("tuning_seconds").GetDouble(), 0, plan.GetProperty("seconds").GetDouble());
        Assert.Empty(_folder.Entries());
    }

    [Fact]
    public void Stopped_anywhere_it_ends_with_the_same_bytes()
    {
        Run("whole", 0);
        foreach (var every in (int[])[15, 60])
        {
            var name = $"stopped-{every}";
            Assert.True(Run(name, every) > 1);
            RequireSame("whole", name);
        }
    }

    [Fact]
    public void Killed_at_a_boundary_of_stages_it_ends_with_the_same_bytes()
    {
        Run("whole", 0);
        var entries = RecordedRun.Entries(_folder.PathOf("whole"));
        var boundaries = Enumerable.Range(0, entries.Count).Where(i => entries[i] is ValuesEntry { Name: var name } && name.StartsWith("tuned ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, boundaries.Count);

        // With all that the stages had written by then; and without any of it, since a disk may have lost what a stage wrote.
        var cuts = boundaries.SelectMany(b => (int[])[b, b + 1]).Select(kept => (Kept: kept, HasFolders: true)).Append((boundaries[1] + 1, false)).Append((entries.Count - 1, false));
        foreach (var (kept, hasFolders) in cuts)
        {
            var name = $"cut-{kept}-{hasFolders}";
            CopyCut("whole", name, kept, hasFolders);
            ProgressiveJob.Resume(_folder.PathOf(name + "/ropewalk"), null, null, new StoppingReporter(0, new CancellationTokenSource()), TimeProvider.System, CancellationToken.None).Run();
            RequireSame("whole", name);
        }
    }

    [Fact]
    public void Another_model_in_a_stage_is_refused()
    {
        Run("whole", 0);
        CopyCut("whole", "changed", RecordedRun.Entries(_folder.PathOf("whole")).Count - 1, hasFolders: true);
        File.Copy(Path.Combine(tiny.Model, "model.safetensors"), _folder.PathOf("changed/stage-128/model/model.safetensors"), overwrite: true);
        var run = Command.Run("extend", "--resume", _folder.PathOf("changed"));
        Assert.Equal(2, run.Code);
        Assert.Contains("SHA-256", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_ruins_the_old_window_is_refused_and_goes_on_when_more_is_allowed()
    {
        string[] ruinous = [.. Road("gate", gate: "1%"), "--learning-rate", "0.05"];
        var refused = Command.Run(ruinous);
        Assert.Equal(2, refused.Code);
        var line = Assert.Single(refused.Complaints);
        Assert.Contains("--max-short-loss: found ", line, StringComparison.Ordinal);
        Assert.Contains("128 tokens", line, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("gate/config.json")));
        var recorded = RecordedRun.Entries(_folder.PathOf("gate")).Count;

        var again = Command.Run("extend", "--resume", _folder.PathOf("gate"));
        Assert.Equal((2, line), (again.Code, Assert.Single(again.Complaints)));
        Assert.Equal(recorded, RecordedRun.Entries(_folder.PathOf("gate")).Count);

        Assert.Equal(0, Command.Run("extend", "--resume", _folder.PathOf("gate"), "--max-short-loss", "100000%").Code);
        Assert.True(File.Exists(_folder.PathOf("gate/config.json")));
    }

    /// <summary>The gate also bounds the search of a window that is not tuned: lifted on resume it must not move what is recorded.</summary>
    [Fact]
    public void A_gate_that_is_lifted_leaves_the_recorded_search_as_it_was()
    {
        var whole = Command.Run([.. Road("gated", gate: "1%"), "--then", "8x", "--learning-rate", "1e-7"]);
        Assert.True(whole.Code == 0, whole.Error);
        var free = Command.Run([.. Road("free", gate: "50%"), "--then", "8x", "--learning-rate", "1e-7"]);
        Assert.True(free.Code == 0, free.Error);
        Assert.NotEqual(AttentionFactors("free"), AttentionFactors("gated"));
        CopyCut("gated", "lifted", RecordedRun.Entries(_folder.PathOf("gated")).Count - 2, hasFolders: true);
        var resumed = Command.Run("extend", "--resume", _folder.PathOf("lifted"), "--max-short-loss", "50%");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(File.ReadAllBytes(RecordedRun.Journal(_folder.PathOf("gated"))), File.ReadAllBytes(RecordedRun.Journal(_folder.PathOf("lifted"))));
    }

    [Fact]
    public void Another_program_tunes_and_its_folder_is_checked()
    {
        var waiting = Command.Result([.. Road("outside"), "--tune-outside", "--lora", "4"]);
        var outside = waiting.GetProperty("folder").GetString()!;
        var axolotl = File.ReadAllLines(Path.Combine(outside, "axolotl.yaml"));
        foreach (var line in (string[])["sequence_len: 128", "max_steps: 3", "gradient_accumulation_steps: 8", "learning_rate: 0.0005", "adapter: lora", "lora_r: 4", $"base_model: \"{Path.GetFullPath(outside)}/model\""])
        {
            Assert.Contains(line, axolotl);
        }

        Assert.Contains("cutoff_len: 128", File.ReadAllLines(Path.Combine(outside, "llama-factory.yaml")));
        Assert.Equal(128, JsonElement.Parse(File.ReadAllText(Path.Combine(outside, "hf-trainer.json"))).GetProperty("block_size").GetInt32());
        var text = JsonElement.Parse(Assert.Single(File.ReadAllLines(Path.Combine(outside, "texts.json")))).GetProperty("text").GetString();
        Assert.Equal(File.ReadAllText(tiny.Text), text);

        RequireRefused("architecture", "model_type: found \"mistral\", expected \"llama\"", outside, ("\"model_type\": \"llama\"", "\"model_type\": \"mistral\""));
        RequireRefused("vocabulary", "vocab_size: found 258, expected 257", outside, ("\"vocab_size\": 257", "\"vocab_size\": 258"));
        RequireRefused("encoding", "rope_scaling: found another encoding", outside, ("\"rope_theta\": 10000", "\"rope_theta\": 20000"));
        RequireRefused("tokens", ": found \"B\", expected \"A\"", outside, ("\"A\"", "\"B\""), "tokenizer.json");
        var wrong = CopyOf(outside, "shapes");
        WriteNarrower(Path.Combine(wrong, "model.safetensors"));
        Assert.Contains("expected [257, 32]", Complaint(wrong), StringComparison.Ordinal);

        // What comes back is as good as tuned here: the road goes on to the next stage, and then to its end.
        var second = Command.Result("extend", "--resume", _folder.PathOf("outside"), "--continue-from", CopyOf(outside, "first"));
        Assert.Equal(256, second.GetProperty("length").GetInt32());
        Assert.Contains("is it the model of another stage?", Complaint(_folder.PathOf("first")), StringComparison.Ordinal);
        var result = Command.Result("extend", "--resume", _folder.PathOf("outside"), "--continue-from", CopyOf(second.GetProperty("folder").GetString()!, "second"));
        Assert.Equal(2, result.GetProperty("stages").GetArrayLength());
    }

    [Theory]
    [InlineData("--progressive", "--progressive", "4x,2x")]
    [InlineData("--progressive", "--progressive", "1x")]
    [InlineData("--then", "--progressive", "4x", "--then", "4x")]
    [InlineData("--then", "--then", "4x")]
    [InlineData("--to", "--progressive", "2x", "--to", "128")]
    [InlineData("--text", "--progressive", "2x", "--then", "900x")]
    [InlineData("--heldout", "--progressive", "2x", "--then", "6000")]
    [InlineData("--progressive", "--progressive", "2x,2x")]
    [InlineData("--progressive", "--progressive", "4x,128")]
    [InlineData("--then", "--progressive", "4x", "--then", "2x")]
    [InlineData("--window-stride", "--progressive", "2x", "--window-stride", "65")]
    [InlineData("--tokens-of-step", "--progressive", "2x", "--tokens-of-step", "1")]
    [InlineData("--tune-tokens", "--progressive", "2x,4x", "--tune-tokens", "1k,2k,3k")]
    [InlineData("--algorithm", "--progressive", "2x", "--algorithm", "critical")]
    [InlineData("--tune-outside", "--progressive", "2x", "--tune-outside", "--original-share", "0.5")]
    [InlineData("--continue-from", "--progressive", "2x", "--continue-from", "x")]
    public void What_cannot_be_is_one_line_and_nothing_written(string named, params string[] arguments)
    {
        var run = Command.Run(["extend", tiny.Model, .. arguments, "--text", tiny.Text, "--heldout", tiny.Heldout, "--out", _folder.PathOf("bad")]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"ropewalk: {named}: found ", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Path.Exists(_folder.PathOf("bad")));
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(n => n.GetDouble())];

    private static JsonElement Method(JsonElement result, string method, int length) =>
        result.GetProperty("methods").EnumerateArray().Single(m => m.GetProperty("method").GetString() == method && m.GetProperty("length").GetInt32() == length);

    private static void WriteNarrower(string path)
    {
        List<TensorSource> tensors = [];
        using (var file = SafetensorsFile.Open(path))
        {
            foreach (var (name, tensor) in file.Tensors)
            {
                var bytes = new byte[tensor.LengthBytes];
                file.ReadBytes(tensor, 0, bytes);
                tensors.Add(name.Contains("embed_tokens", StringComparison.Ordinal)
                    ? TensorSource.FromBytes(name, StoredType.F32, [tensor.Shape[0], tensor.Shape[1] / 2], bytes.AsMemory(0, bytes.Length / 2))
                    : TensorSource.FromBytes(name, StoredType.F32, [.. tensor.Shape], bytes));
            }
        }

        SafetensorsWriter.Write(path, [.. tensors], new Dictionary<string, string>(StringComparer.Ordinal));
    }

    private List<double> AttentionFactors(string name) => [.. RecordedRun.Entries(_folder.PathOf(name)).OfType<EvaluationEntry>().Select(e => e.Request.Point.AttentionFactor)];

    private string[] Road(string name, string gate = "1000%", int heldoutWindows = 2) =>
        ["extend", tiny.Model, "--progressive", "2x,4x", "--tune-tokens", "3k", "--tokens-of-step", "1024", "--text", tiny.Text, "--heldout", tiny.Heldout, "--population", "8", "--iterations", "2", "--windows", "2", "--heldout-windows", $"{heldoutWindows}", "--max-short-loss", gate, "--out", _folder.PathOf(name)];

    private int Run(string name, int every) => StoppingReporter.RunWithStops(every, (isContinued, reporter, stop) =>
    {
        var options = new ProgressiveOptions
        {
            Model = tiny.Model,
            Out = _folder.PathOf(name),
            Tuned = [128, 256],
            Then = 512,
            Tokens = [3000, 3000],
            Texts = [tiny.Text],
            Heldout = [tiny.Heldout],
            Population = 8,
            Iterations = 2,
            Windows = 2,
            HeldoutWindows = 2,
            MaximumShortLoss = 10,
            Tuning = new TuningChoices { TokensOfStep = 512 },
        };
        var job = isContinued
            ? ProgressiveJob.Resume(_folder.PathOf(name + "/ropewalk"), null, null, reporter, TimeProvider.System, stop)
            : new ProgressiveJob(options, reporter, TimeProvider.System, stop);
        Assert.NotNull(job.Run().Result);
    });

    private void RequireSame(string expected, string found)
    {
        RecordedRun.RequireSame(_folder.PathOf(expected), _folder.PathOf(found));
        foreach (var name in s_made)
        {
            Assert.True(File.ReadAllBytes(_folder.PathOf($"{expected}/{name}")).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf($"{found}/{name}"))), name);
        }

        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.PathOf(found), "*", SearchOption.AllDirectories), p => p.Contains(".tmp-", StringComparison.Ordinal));
    }

    /// <summary>A run as a kill leaves it: so many entries of the journal, and the stages' folders or none.</summary>
    private void CopyCut(string from, string to, int entries, bool hasFolders)
    {
        Directory.CreateDirectory(_folder.PathOf(to + "/ropewalk"));
        File.Copy(_folder.PathOf(from + "/ropewalk/run.json"), _folder.PathOf(to + "/ropewalk/run.json"));
        var bytes = File.ReadAllBytes(RecordedRun.Journal(_folder.PathOf(from)));
        var offset = (long)JournalFrame.HeaderBytes;
        using (var whole = DiskFiles.OpenToRead(RecordedRun.Journal(_folder.PathOf(from))))
        {
            for (var number = 0u; number < entries; number++)
            {
                offset = JournalScan.Next(whole, bytes.Length, offset, number)!.Value.End;
            }
        }

        File.WriteAllBytes(RecordedRun.Journal(_folder.PathOf(to)), bytes[..(int)offset]);
        foreach (var stage in Directory.GetDirectories(_folder.PathOf(from), "stage-*").Where(_ => hasFolders))
        {
            CopyFolder(stage, Path.Combine(_folder.PathOf(to), Path.GetFileName(stage)));
        }
    }

    private string CopyOf(string outside, string name)
    {
        CopyFolder(Path.Combine(outside, "model"), _folder.PathOf(name));
        return _folder.PathOf(name);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var path in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private void RequireRefused(string name, string expected, string outside, (string Old, string New) change, string file = "config.json")
    {
        var folder = CopyOf(outside, name);
        var path = Path.Combine(folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(change.Old, text, StringComparison.Ordinal);

        // Exchanged, so that a vocabulary stays one.
        File.WriteAllText(path, text.Replace(change.New, "\0", StringComparison.Ordinal).Replace(change.Old, change.New, StringComparison.Ordinal).Replace("\0", change.Old, StringComparison.Ordinal));
        Assert.Contains(expected, Complaint(folder), StringComparison.Ordinal);
    }

    private string Complaint(string returned)
    {
        var run = Command.Run("extend", "--resume", _folder.PathOf("outside"), "--continue-from", returned);
        Assert.Equal(2, run.Code);
        return Assert.Single(run.Complaints);
    }
}
