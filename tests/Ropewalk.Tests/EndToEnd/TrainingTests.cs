using System.Diagnostics;
using System.Text.Json;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>train and tune as a user runs them.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class TrainingTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    // What a config of PEFT's own holds (the guide to its checkpoint format): of a key that a version does not know it warns.
    private static readonly string[] s_peftKeys =
    [
        "alpha_pattern", "auto_mapping", "base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "init_lora_weights", "layer_replication", "layers_pattern", "layers_to_transform", "loftq_config", "lora_alpha",
        "lora_dropout", "megatron_config", "megatron_core", "modules_to_save", "peft_type", "r", "rank_pattern", "revision", "target_modules", "task_type", "use_dora", "use_rslora",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_new_model_trains_and_is_what_perplexity_measures()
    {
        var result = Command.Result([.. Train("a"), "--vocabulary", "280"]);
        Assert.Equal(40, result.GetProperty("losses").GetArrayLength());
        Assert.True(result.GetProperty("last_loss").GetDouble() < 0.8 * result.GetProperty("first_loss").GetDouble());
        var measured = Command.Result("perplexity", _folder.PathOf("a/model"), "--text", Text(), "--context", "64");
        Assert.InRange(measured.GetProperty("nll").GetDouble(), 0, result.GetProperty("last_loss").GetDouble() * 1.15);
        Assert.True(File.Exists(_folder.PathOf("a/run.json")));
        Assert.True(File.Exists(_folder.PathOf("a/result.json")));
    }

    [Fact]
    public void A_killed_run_goes_on_to_the_same_bytes()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // With other numbers of threads, since they change nothing.
        Assert.Equal(0, Command.Run([.. Train("whole"), "--threads", "2"]).Code);
        KillAfterCheckpoint("killed");
        var resumed = Command.Run([.. Train("killed"), "--resume"]);
        Assert.True(resumed.Code == 0, resumed.Error);
        foreach (var name in (string[])["training.safetensors", "result.json", "model/model.safetensors", "model/config.json", "model/tokenizer.json"])
        {
            Assert.True(File.ReadAllBytes(_folder.PathOf("whole/" + name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf("killed/" + name))), name);
        }
    }

    [Fact]
    public void A_full_disk_is_one_line_and_no_half_checkpoint()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var child = Command.Start("ulimit -f 8; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; exec \"$@\"", _folder.Root, Train("b"));
        var run = Command.Finish(child);
        Assert.True(run.Code == 3, $"exit code {run.Code}: {run.Error}");
        Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.PathOf("b/training.safetensors")));
    }

    [Fact]
    public void A_disk_that_fills_in_the_middle_of_a_checkpoint_leaves_the_one_before()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        KillAfterCheckpoint("c");
        var checkpoint = _folder.PathOf("c/training.safetensors");
        var before = File.ReadAllBytes(checkpoint);
        using var child = Command.Start("ulimit -f 8; trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; exec \"$@\"", _folder.Root, [.. Train("c"), "--resume"]);
        var run = Command.Finish(child);
        Assert.True(run.Code == 3, $"exit code {run.Code}: {run.Error}");
        Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.True(File.ReadAllBytes(checkpoint).AsSpan().SequenceEqual(before));

        // With room again it goes on.
        Assert.Equal(0, Command.Run([.. Train("c"), "--resume"]).Code);
    }

    [Fact]
    public void A_rate_under_which_the_loss_runs_away_is_one_line_and_the_checkpoint_stays()
    {
        string[] wild = [.. Train("d").Select(a => a == "5e-3" ? "50" : a == "5" ? "1" : a), "--clip", "0", "--warm-up", "30"];
        var run = Command.Run(wild);
        Assert.Equal(2, run.Code);
        Assert.Contains("--learning-rate: found 50, under which the loss ran away at step", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Contains("is kept", run.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.PathOf("d/training.safetensors")));
        Assert.False(Directory.Exists(_folder.PathOf("d/model")));
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_and_stays_as_it_was()
    {
        string[] brief = [.. Train("e").Select(a => a == "40" ? "2" : a)];
        Assert.Equal(0, Command.Run(brief).Code);
        var before = File.ReadAllBytes(_folder.PathOf("e/training.safetensors"));
        var run = Command.Run([.. brief.Select(a => a == "32" ? "48" : a), "--resume"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Contains("\"hidden_size\":48", run.Error, StringComparison.Ordinal);
        Assert.True(File.ReadAllBytes(_folder.PathOf("e/training.safetensors")).AsSpan().SequenceEqual(before));
    }

    /// <summary>Adapters of one base are no adapters of another, though its config and the folder's name are the same.</summary>
    [Fact]
    public void A_tuning_does_not_go_on_with_another_base()
    {
        Directory.CreateDirectory(_folder.PathOf("base"));
        foreach (var file in Directory.GetFiles(Command.Embedded))
        {
            File.Copy(file, _folder.PathOf("base/" + Path.GetFileName(file)));
        }

        string[] tune = ["tune", _folder.PathOf("base"), Text(), "--out", _folder.PathOf("tuned"), "--window", "64", "--lora", "2", "--steps", "2", "--batch", "1"];
        var run = Command.Run(tune);
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(0, Command.Run([.. tune, "--resume"]).Code);
        var weights = Directory.GetFiles(_folder.PathOf("base"), "*.safetensors").First();
        var bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);
        run = Command.Run([.. tune, "--resume"]);
        Assert.Equal(2, run.Code);
        Assert.Contains("training.safetensors", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void A_longer_window_is_tuned_with_adapters_and_skipped_positions()
    {
        var result = Command.Result(
            "tune", Command.Embedded, Text(), "--out", _folder.PathOf("out"), "--to", "1024", "--scaling", "yarn:4", "--skip", "--lora", "2", "--lora-targets", "q_proj,k_proj", "--steps", "3", "--batch", "1", "--original-share", "0.3", "--learning-rate", "0.05");
        Assert.Equal(3, result.GetProperty("losses").GetArrayLength());

        // 5 layers of two products of 192 by 192, two thin matrices each.
        Assert.Equal(5 * 2 * 2 * 2 * 192, result.GetProperty("trained_parameters").GetInt32());
        var config = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/model/config.json")));
        Assert.Equal("yarn", config.GetProperty("rope_scaling").GetProperty("rope_type").GetString());
        Assert.Equal(1024, config.GetProperty("max_position_embeddings").GetInt32());

        // The adapter as PEFT reads it, added to the old weight, is the new one.
        var adapter = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/adapter/adapter_config.json")));
        Assert.Equal(["q_proj", "k_proj"], adapter.GetProperty("target_modules").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(("LORA", "CAUSAL_LM", "none"), (adapter.GetProperty("peft_type").GetString(), adapter.GetProperty("task_type").GetString(), adapter.GetProperty("bias").GetString()));
        Assert.Equal((2, 4), (adapter.GetProperty("r").GetInt32(), adapter.GetProperty("lora_alpha").GetInt32()));
        Assert.All(adapter.EnumerateObject(), key => Assert.Contains(key.Name, s_peftKeys));
        const string Name = "model.layers.3.self_attn.k_proj";
        var a = Tensor("out/adapter/adapter_model.safetensors", $"base_model.model.{Name}.lora_A.weight");
        var b = Tensor("out/adapter/adapter_model.safetensors", $"base_model.model.{Name}.lora_B.weight");
        var before = Tensor(Path.Combine(Command.Embedded, "model.safetensors"), Name + ".weight");
        var after = Tensor("out/model/model.safetensors", Name + ".weight");
        Assert.Contains(b, v => v != 0);
        var scale = adapter.GetProperty("lora_alpha").GetDouble() / adapter.GetProperty("r").GetInt32();
        for (var i = 0; i < before.Length; i += 97)
        {
            // To the bits of bfloat16, as the model was stored.
            var expected = before[i] + (scale * ((b[i / 192 * 2] * (double)a[i % 192]) + (b[(i / 192 * 2) + 1] * (double)a[192 + (i % 192)])));
            Numbers.Close(expected, after[i], Math.Abs(expected) / 256, $"number {i}");
        }

        Assert.Equal(0, Command.Run("perplexity", _folder.PathOf("out/model"), "--text", Text(), "--context", "1024").Code);
    }

    [Fact]
    public void A_file_is_tuned_as_the_folder_that_it_was_made_of()
    {
        var file = _folder.PathOf("model.gguf");
        Command.Result("convert", Command.Embedded, file);
        string[] asked = ["--to", "512", "--scaling", "yarn:2", "--lora", "2", "--steps", "2", "--batch", "1", "--learning-rate", "0.02"];
        var folder = Command.Result(["tune", Command.Embedded, Text(), "--out", _folder.PathOf("a"), .. asked]);
        var tuned = Command.Result(["tune", file, Text(), "--out", _folder.PathOf("b"), .. asked]);
        Assert.Equal(folder.GetProperty("losses").ToString(), tuned.GetProperty("losses").ToString());
        foreach (var name in (string[])["model/model.safetensors", "model/tokenizer.json", "adapter/adapter_model.safetensors"])
        {
            Assert.True(File.ReadAllBytes(_folder.PathOf("a/" + name)).AsSpan().SequenceEqual(File.ReadAllBytes(_folder.PathOf("b/" + name))), name);
        }

        var measured = Command.Result("perplexity", _folder.PathOf("b/model"), "--text", Text(), "--context", "512");
        Assert.Equal(Command.Result("perplexity", _folder.PathOf("a/model"), "--text", Text(), "--context", "512").GetProperty("nll").GetDouble(), measured.GetProperty("nll").GetDouble());
    }

    [Fact]
    public void Positions_alone_become_factors()
    {
        var result = Command.Result("tune", Command.Embedded, Text(), "--out", _folder.PathOf("out"), "--to", "512", "--scaling", "linear:2", "--only", "positions", "--steps", "4", "--batch", "1", "--learning-rate", "0.02");
        Assert.Equal(33, result.GetProperty("trained_parameters").GetInt32());
        var rope = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/model/config.json"))).GetProperty("rope_scaling");
        Assert.Equal("longrope", rope.GetProperty("rope_type").GetString());
        Assert.Contains(rope.GetProperty("long_factor").EnumerateArray(), f => Math.Abs(f.GetDouble() - 2) > 0.01);
    }

    /// <summary>Starts a run and kills it once it has a checkpoint.</summary>
    private void KillAfterCheckpoint(string name)
    {
        using var child = Command.Start("exec \"$@\"", _folder.Root, [.. Train(name), "--threads", "1"]);
        var clock = Stopwatch.StartNew();
        while (!File.Exists(_folder.PathOf(name + "/training.safetensors")))
        {
            Assert.True(!child.HasExited && clock.Elapsed < s_patience);
            Thread.Sleep(5);
        }

        using var kill = Process.Start("kill", ["-s", "KILL", child.Id.ToString()]);
        kill.WaitForExit();
        _ = Command.Finish(child);
    }

    private string[] Train(string name) =>
        ["train", Text(), "--out", _folder.PathOf(name), "--width", "32", "--layers", "2", "--heads", "2", "--window", "64", "--steps", "40", "--batch", "2", "--learning-rate", "5e-3", "--save-every", "5"];

    private string Text() =>
        _folder.Write("text.txt", string.Concat(Enumerable.Range(0, 400).Select(i => $"The {i % 7}th rope of the walk is {i % 13} ells long.\n")));

    private float[] Tensor(string file, string name)
    {
        using var opened = SafetensorsFile.Open(Path.Combine(_folder.Root, file));
        var tensor = opened.Tensors[name];
        var values = new float[tensor.Elements];
        opened.ReadAsSingle(tensor, 0, values);
        return values;
    }
}
