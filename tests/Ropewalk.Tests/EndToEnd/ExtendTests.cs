using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Tests.Durability;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>The main job on a real model, small: what it prints, what it writes, and that both tell the same.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ExtendTests(SmallExtension extension) : IClassFixture<SmallExtension>, IDisposable
{
    private const string NewerGemma = """
        {"model_type":"gemma3_text","hidden_size":32,"intermediate_size":48,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":1,"head_dim":16,
         "vocab_size":512,"max_position_embeddings":64,"rms_norm_eps":1e-6,"hidden_activation":"gelu_pytorch_tanh","query_pre_attn_scalar":16,"sliding_window":32,
         "layer_types":["sliding_attention","full_attention"],
         "rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":1000000.0},"sliding_attention":{"rope_type":"default","rope_theta":10000.0}}}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SharedFact]
    public void The_result_has_every_key_and_every_method()
    {
        var result = extension.Result;
        foreach (var key in new[] { "rescale_factors", "start_tokens", "attention_factor", "search_perplexity", "heldout_perplexity", "baselines", "evaluations", "tokens_evaluated", "seconds", "out", "verdict", "receipt", "protocol" })
        {
            Assert.True(result.TryGetProperty(key, out var value) && value.ValueKind is not JsonValueKind.Null, key);
        }

        var rows = result.GetProperty("baselines").EnumerateArray().ToList();
        string[] At(int length) => [.. rows.Where(r => r.GetProperty("length").GetInt32() == length).Select(r => r.GetProperty("method").GetString()!)];
        Assert.Equal(["none", "linear", "ntk", "dynamic", "yarn", "ntk tuned", "yarn tuned", "window"], At(512));
        Assert.Equal(["none"], At(256));
        Assert.All(rows, r => Assert.True(r.GetProperty("perplexity").GetDouble() is > 1 and < 1e6));
        Assert.All(rows.Where(r => r.GetProperty("length").GetInt32() == 512), r =>
        {
            // Every method scored the very same tokens, and its paired difference is the difference of the losses.
            Assert.Equal(3 * 511, r.GetProperty("tokens").GetInt32());
            var difference = r.GetProperty("nll").GetDouble() - Math.Log(result.GetProperty("heldout_perplexity").GetDouble());
            Assert.Equal(difference, r.GetProperty("nats_above_winner").GetDouble(), 1e-6);
        });

        Assert.Equal(4, result.GetProperty("rescale_factors").GetArrayLength());
        var factors = result.GetProperty("rescale_factors").EnumerateArray().Select(f => f.GetDouble()).ToList();
        Assert.Equal(factors.Order(), factors);
        Assert.All(factors, f => Assert.InRange(f, 1, 2.5));
        Assert.Equal(Math.Sqrt(1 + (Math.Log(2) / Math.Log(256))), result.GetProperty("attention_factor").GetDouble(), 1e-12);
        Assert.Equal(extension.Out, result.GetProperty("out").GetString());
    }

    [SharedFact]
    public void The_output_folder_is_a_whole_checkpoint_with_its_records()
    {
        var result = extension.Result;
        string[] expected =
        [
            "LICENSE", "config.json", "factors.json", "model.safetensors", "receipt.json", "report.html",
            "ropewalk", "ropewalk/journal", "ropewalk/lock", "ropewalk/result.json", "ropewalk/run.json", "ropewalk/telemetry.jsonl",
            "tokenizer.json", "tokenizer_config.json",
        ];
        var found = Directory.GetFileSystemEntries(extension.Out, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(extension.Out, p).Replace('\\', '/'));
        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
        foreach (var same in new[] { "model.safetensors", "tokenizer.json", "LICENSE" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(Command.Model, same)), File.ReadAllBytes(Path.Combine(extension.Out, same)));
        }

        Assert.Equal(512, Read("tokenizer_config.json").GetProperty("model_max_length").GetInt32());
        var config = Read("config.json");
        Assert.Equal(512, config.GetProperty("max_position_embeddings").GetInt32());
        var scaling = config.GetProperty("rope_scaling");
        Assert.Equal("longrope", scaling.GetProperty("rope_type").GetString());
        Assert.Equal(256, scaling.GetProperty("original_max_position_embeddings").GetInt32());
        Assert.Equal(Numbers(result, "rescale_factors"), Numbers(scaling, "long_factor"));
        Assert.Equal(Numbers(result, "short_rescale_factors"), Numbers(scaling, "short_factor"));
        var entries = Read("factors.json").GetProperty("entries").EnumerateArray().ToList();
        Assert.Equal(Numbers(result, "rescale_factors"), Numbers(entries[1], "rescale_factors"));

        var receipt = Read("receipt.json");
        Assert.True(receipt.GetProperty("has_effect").GetBoolean());
        Assert.NotEqual(receipt.GetProperty("original_frequencies_sha256").GetString(), receipt.GetProperty("long_frequencies_sha256").GetString());
        var printed = JsonNode.Parse(result.GetRawText())!.AsObject();
        Assert.True(printed.Remove("seconds") && printed.Remove("out"));
        Assert.True(JsonNode.DeepEquals(printed, JsonNode.Parse(File.ReadAllText(Path.Combine(extension.Out, "ropewalk", "result.json")))));
        var page = File.ReadAllText(Path.Combine(extension.Out, "report.html"));
        Assert.EndsWith("</html>", page.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);

        var journal = RecordedRun.Evaluations(extension.Out, "long");
        Assert.Equal(16, journal.Count);
        Assert.InRange(result.GetProperty("evaluations").GetInt32(), 16, 16 + 12);
        var best = journal.Min(e => e.Losses.Average());
        Assert.Equal(Math.Log(result.GetProperty("search_perplexity").GetDouble()), best, 1e-12);
        var inputs = Read("ropewalk/run.json").GetProperty("inputs").EnumerateObject().Select(p => Path.GetFileName(p.Name));
        Assert.Equal(["model.safetensors", "config.json", "tokenizer.json", "sample.txt"], inputs);
    }

    [SharedFact]
    public void The_export_measures_as_the_factors_do()
    {
        _ = extension.Result;
        string[] text = ["--text", Command.Stories, "--context", "512", "--windows", "3"];
        var exported = Command.Result(["perplexity", extension.Out, .. text]);
        var scaled = Command.Result(["perplexity", Command.Model, .. text, "--scaling", $"longrope:{Path.Combine(extension.Out, "factors.json")}"]);
        var original = Command.Result(["perplexity", Command.Model, .. text]);
        Assert.Equal(scaled.GetProperty("nll").GetDouble(), exported.GetProperty("nll").GetDouble());
        Assert.True(exported.GetProperty("nll").GetDouble() < original.GetProperty("nll").GetDouble() - 0.1);

        var inspected = Command.Result("inspect", extension.Out, "--length", "512");
        Assert.Equal(Numbers(extension.Result, "rescale_factors"), Numbers(inspected, "rescale_factors").Select(f => Math.Round(f, 12)));
        Assert.Equal(extension.Result.GetProperty("attention_factor").GetDouble(), inspected.GetProperty("attention_factor").GetDouble());
        var shorter = Command.Result("inspect", extension.Out, "--length", "256");
        Assert.Equal(Numbers(extension.Result, "short_rescale_factors"), Numbers(shorter, "rescale_factors").Select(f => Math.Round(f, 12)));
    }

    [SharedFact]
    public void The_newer_keys_give_the_same_model()
    {
        _ = extension.Result;
        var output = _folder.PathOf("v5");
        var result = Command.Result(SmallExtension.Arguments(output, "--config-style", "v5"));
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        Assert.False(config.TryGetProperty("rope_scaling", out _));
        Assert.Equal("longrope", config.GetProperty("rope_parameters").GetProperty("rope_type").GetString());
        Assert.Equal(10_000, config.GetProperty("rope_parameters").GetProperty("rope_theta").GetDouble());
        Assert.Equal(extension.Result.GetProperty("heldout_perplexity").GetDouble(), result.GetProperty("heldout_perplexity").GetDouble());
        string[] text = ["--text", Command.Stories, "--context", "512", "--windows", "2"];
        Assert.Equal(
            Command.Result(["perplexity", extension.Out, .. text]).GetProperty("nll").GetDouble(),
            Command.Result(["perplexity", output, .. text]).GetProperty("nll").GetDouble());
    }

    [SharedFact]
    public void Start_tokens_are_searched_for_our_own_target_and_live_in_the_factors_alone()
    {
        var output = _folder.PathOf("own");
        var result = Command.Result(
            "extend", Command.Model, "--to", "512", "--text", Command.Stories, "--target", "ropewalk", "--population", "16", "--iterations", "1", "--windows", "2", "--heldout-windows", "3", "--out", output);
        Assert.Contains(RecordedRun.Evaluations(output, "long"), e => e.Request.Point.StartTokens > 0);
        Assert.All(RecordedRun.Evaluations(output, "short"), e => Assert.Equal(0, e.Request.Point.StartTokens));
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(File.ReadAllText(Path.Combine(Command.Model, "config.json"))), config));
        var entry = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "factors.json"))).GetProperty("entries")[1];
        Assert.Equal(result.GetProperty("start_tokens").GetInt32(), entry.GetProperty("start_tokens").GetInt32());
        Assert.Equal(Numbers(result, "rescale_factors"), Numbers(entry, "rescale_factors"));
    }

    [SharedFact]
    public void Equal_runs_are_equal_to_the_byte_on_any_number_of_threads()
    {
        var first = Comparable(extension.Result);
        var journal = File.ReadAllBytes(RecordedRun.Journal(extension.Out));
        foreach (var (name, options) in new (string, string[])[] { ("again", []), ("one", ["--threads", "1"]) })
        {
            var output = _folder.PathOf(name);
            var result = Command.Result(SmallExtension.Arguments(output, options));
            Assert.Equal(first, Comparable(result));
            Assert.Equal(journal, File.ReadAllBytes(RecordedRun.Journal(output)));
            Assert.Equal(File.ReadAllBytes(Path.Combine(extension.Out, "factors.json")), File.ReadAllBytes(Path.Combine(output, "factors.json")));
        }

        var other = _folder.PathOf("other");
        Command.Result(SmallExtension.Arguments(other, "--seed", "1"));
        Assert.NotEqual(journal, File.ReadAllBytes(RecordedRun.Journal(other)));

        static string Comparable(JsonElement result)
        {
            var node = JsonNode.Parse(result.GetRawText())!.AsObject();
            node.Remove("seconds");
            node.Remove("out");
            return node.ToJsonString();
        }
    }

    [SharedFact]
    public void A_dry_run_estimates_and_leaves_nothing()
    {
        var run = Command.Run("extend", Command.Model, "--to", "512", "--text", Command.Stories, "--out", _folder.PathOf("never"), "--dry-run", "--json");
        Assert.Equal(0, run.Code);
        Assert.Contains("256 to 512 tokens: auto search, about 537 runs", run.Error, StringComparison.Ordinal);
        Assert.True(run.Json.GetProperty("dry_run").GetBoolean());
        Assert.Equal(512, run.Json.GetProperty("target_context").GetInt32());
        Assert.Equal(537, run.Json.GetProperty("candidate_runs").GetInt32());
        Assert.True(run.Json.GetProperty("seconds").GetDouble() > 0);
        Assert.Contains("in all", run.Error, StringComparison.Ordinal);
        Assert.Empty(_folder.Entries());
    }

    /// <summary>Transformers 5 writes an encoding for each layer type: the older keys cannot express it, and nobody is to learn that after the search.</summary>
    [Fact]
    public void Layers_with_encodings_of_their_own_get_the_newer_keys()
    {
        string[] extend = [.. SmallGemma(), "--to", "128"];
        var older = Command.Run([.. extend, "--config-style", "v4", "--out", _folder.PathOf("v4")]);
        Assert.Equal(2, older.Code);
        Assert.StartsWith("ropewalk: --config-style: found v4 for ", Assert.Single(older.Complaints), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("v4")));

        var result = Command.Result([.. extend, "--out", _folder.PathOf("out")]);
        var parameters = JsonElement.Parse(File.ReadAllText(_folder.PathOf("out/config.json"))).GetProperty("rope_parameters");
        Assert.Equal(Numbers(result, "rescale_factors"), Numbers(parameters.GetProperty("full_attention"), "long_factor"));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse("""{"rope_type":"default","rope_theta":10000.0}"""), parameters.GetProperty("sliding_attention")));
    }

    [Fact]
    public void Tuned_layers_with_encodings_of_their_own_keep_the_newer_keys()
    {
        var extend = SmallGemma();
        var road = Command.Run([.. extend, "--progressive", "2x", "--tune-tokens", "256", "--tokens-of-step", "256", "--out", _folder.PathOf("road")]);
        Assert.True(road.Code == 0, road.Error);
        var tuned = Command.Run("tune", _folder.Root, _folder.PathOf("text.txt"), "--to", "128", "--scaling", "yarn:2", "--steps", "1", "--batch", "1", "--out", _folder.PathOf("tuned"));
        Assert.True(tuned.Code == 0, tuned.Error);
        foreach (var (folder, method) in ((string, string)[])[("road", "longrope"), ("road/stage-128/model", "longrope"), ("tuned/model", "yarn")])
        {
            var parameters = JsonElement.Parse(File.ReadAllText(_folder.PathOf($"{folder}/config.json"))).GetProperty("rope_parameters");
            Assert.Equal(method, parameters.GetProperty("full_attention").GetProperty("rope_type").GetString());
            Assert.Equal(10000, parameters.GetProperty("sliding_attention").GetProperty("rope_theta").GetDouble());
        }
    }

    [Fact]
    public void A_file_that_is_scaled_already_is_refused_by_its_own_name()
    {
        var scaled = _folder.PathOf("scaled.gguf");
        Command.Result("export", Command.Embedded, "--scaling", "linear:4", "--target", "gguf", "--out", scaled);
        var run = Command.Run("extend", scaled, "--out", _folder.PathOf("never"));
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"ropewalk: {scaled}: rope_scaling: ", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("extend", "--to", "128")]
    [InlineData("extend", "--progressive", "2x")]
    [InlineData("tune", "text.txt")]
    public void A_file_beside_the_weights_that_cannot_be_copied_is_refused_before_any_work(string command, params string[] options)
    {
        _ = SmallGemma();
        var broken = _folder.PathOf("generation_config.json");
        File.CreateSymbolicLink(broken, _folder.PathOf("nothing"));
        string[] texts = command == "tune" ? [] : ["--text", _folder.PathOf("text.txt"), "--heldout", _folder.PathOf("heldout.txt")];
        var run = Command.Run([command, _folder.Root, .. options.Select(o => o.Replace("text.txt", _folder.PathOf("text.txt"), StringComparison.Ordinal)), .. texts, "--out", _folder.PathOf("out")]);
        Assert.Equal(2, run.Code);
        Assert.StartsWith($"ropewalk: {broken}: file: found nothing there", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.PathOf("out")));
    }

    [SharedFact]
    public void A_budget_chooses_a_smaller_search()
    {
        // The smallest plan, whatever the machine: what a budget must never do is ask for more than the paper's search.
        var run = Command.Run("extend", Command.Model, "--to", "512", "--text", Command.Stories, "--out", _folder.PathOf("budget"), "--heldout-windows", "3", "--windows", "2", "--budget", "4s", "--json");
        Assert.True(run.Code is 0 or 1, run.Error);
        Assert.Contains("of a budget of", run.Error, StringComparison.Ordinal);
        var evaluations = RecordedRun.Evaluations(_folder.PathOf("budget"), "long").Count;
        Assert.InRange(evaluations, 8, 1343);
        Assert.InRange(run.Json.GetProperty("seconds").GetDouble(), 0, 60);
    }

    [SharedFact]
    public void Loss_at_the_old_window_refuses_the_export_but_not_the_report()
    {
        var output = _folder.PathOf("refused");
        var run = Command.Run(SmallExtension.Arguments(output, "--attention-factor", "2.5", "--max-short-loss", "0.1%", "--json"));
        Assert.Equal(1, run.Code);
        var complaint = Assert.Single(run.Complaints);
        Assert.Contains("export refused", complaint, StringComparison.Ordinal);
        Assert.Contains("--max-short-loss", complaint, StringComparison.Ordinal);
        Assert.Equal(
            ["refused", "refused/report.html", "refused/ropewalk", "refused/ropewalk/journal", "refused/ropewalk/lock", "refused/ropewalk/result.json", "refused/ropewalk/run.json", "refused/ropewalk/telemetry.jsonl"],
            _folder.Entries());
        Assert.Contains("export refused", run.Json.GetProperty("refusal").GetString(), StringComparison.Ordinal);
        Assert.Contains("export refused", File.ReadAllText(Path.Combine(output, "report.html")), StringComparison.Ordinal);

        // Nothing is left to do, and that makes no checkpoint of it.
        var again = Command.Run("extend", "--resume", output, "--json");
        Assert.Equal(1, again.Code);
        Assert.Equal(complaint, Assert.Single(again.Complaints));
        Assert.Equal(run.Json.GetProperty("refusal").GetString(), again.Json.GetProperty("refusal").GetString());
    }

    /// <summary>A small model of that kind, and the beginning of a command that extends it in seconds.</summary>
    private string[] SmallGemma()
    {
        RandomCheckpoint.Write(_folder, NewerGemma, 7);
        foreach (var file in Directory.GetFiles(Command.Embedded, "tokenizer*"))
        {
            File.Copy(file, _folder.PathOf(Path.GetFileName(file)));
        }

        var text = _folder.Write("text.txt", string.Concat(Enumerable.Repeat("Once upon a time there was a text. ", 40)));
        var heldout = _folder.Write("heldout.txt", string.Concat(Enumerable.Repeat("Another text was there, once upon a time. ", 40)));
        return ["extend", _folder.Root, "--text", text, "--heldout", heldout, "--algorithm", "evolution", "--population", "4", "--iterations", "0", "--windows", "1", "--heldout-windows", "1", "--attention-factor", "1", "--max-short-loss", "100000%"];
    }

    private static List<double> Numbers(JsonElement element, string key) => [.. element.GetProperty(key).EnumerateArray().Select(n => n.GetDouble())];

    private JsonElement Read(string name) => JsonElement.Parse(File.ReadAllText(Path.Combine(extension.Out, name)));
}
