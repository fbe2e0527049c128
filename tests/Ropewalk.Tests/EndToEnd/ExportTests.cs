using System.Text.Json;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>export as a user runs it: what each target gets, and what is refused before any work.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ExportTests : IDisposable
{
    private const string Two = """
        { "version": 1, "rotary_dimension": 64, "base": 10000, "original_context": 256, "target_context": 2048,
          "entries": [
            { "maximum_length": 256, "attention_factor": 1.2, "start_tokens": START, "rescale_factors": [ONES] },
            { "maximum_length": 2048, "attention_factor": SECOND, "start_tokens": START, "rescale_factors": [TWOS] } ] }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("huggingface-v4", "yarn:8")]
    [InlineData("huggingface-v5", "yarn:8,attention=1.3,beta-fast=16,truncate=false")]
    [InlineData("huggingface-v4", "linear:8")]
    [InlineData("huggingface-v5", "dynamic:8")]
    [InlineData("huggingface-v4", "llama3:8")]
    [InlineData("huggingface-v5", "by-parts:8")]
    [InlineData("huggingface-v4", "ntk:8")]
    [InlineData("huggingface-v5", "base:80000")]
    [InlineData("huggingface-v4", "resonance+yarn:8")]
    [InlineData("huggingface-v5", "longrope:FILE")]
    public void A_folder_says_what_the_plan_says_in_its_own_keys(string target, string spec)
    {
        var output = _folder.PathOf("out");
        var result = Command.Result("export", Command.Embedded, "--scaling", Named(spec), "--to", "2048", "--target", target, "--out", output);
        var config = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "config.json")));
        var read = RopeConfigReader.Read(config, "config.json");
        var original = new RopeGeometry(64, 10000, 256);
        var rule = RopeScalingRegistry.Parse(Named(spec), original, path => Ropewalk.Engine.Formats.RopeFactorsFile.Read(path, original));
        foreach (var length in (int[])[1, 256, 257, 2048])
        {
            var (wanted, found) = (rule.At(length), read.Scaling.At(length));
            Assert.Equal(wanted.AttentionFactor, found.AttentionFactor, 1e-12);
            Assert.All(wanted.InverseFrequencies.Zip(found.InverseFrequencies), f => Assert.Equal(1, f.Second / f.First, 1e-9));
        }

        Assert.Equal(target.EndsWith("v5", StringComparison.Ordinal), config.TryGetProperty("rope_parameters", out _));
        Assert.Equal(rule.At(2048).Fingerprint != result.GetProperty("original_fingerprint").GetString(), result.GetProperty("largest_change").GetDouble() > 0);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Command.Embedded, "model.safetensors")), File.ReadAllBytes(Path.Combine(output, "model.safetensors")));

        // The plan beside the weights says the same again.
        var again = Command.Result("export", Command.Embedded, "--factors", Path.Combine(output, "rope-plan.json"), "--target", "ropewalk");
        Assert.Equal((rule.At(2048).Fingerprint, 2048), (again.GetProperty("fingerprint").GetString(), again.GetProperty("target_length").GetInt32()));
    }

    [Fact]
    public void Overrides_are_one_json_object_that_vllm_takes()
    {
        var run = Command.Run("export", Command.Embedded, "--scaling", "yarn:8", "--target", "vllm");
        Assert.Equal(0, run.Code);
        var overrides = JsonElement.Parse(run.Output);
        Assert.Equal(
            """{"rope_theta":10000,"rope_parameters":{"rope_type":"yarn","factor":8,"original_max_position_embeddings":256,"rope_theta":10000},"max_position_embeddings":2048}""",
            overrides.GetRawText().Trim());
        Assert.Contains("--max-model-len 2048 --hf-overrides '{", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_with_linear_scaling_says_both_windows()
    {
        var output = _folder.PathOf("out.gguf");
        Command.Result("export", Command.Embedded, "--scaling", "linear:4", "--target", "gguf", "--out", output);
        Assert.Equal((1024, 256), Windows(output));
        var again = _folder.PathOf("again.gguf");
        Assert.Equal(0, Command.Run("convert", output, again).Code);
        Assert.Equal((1024, 256), Windows(again));

        static (int Maximum, int Original) Windows(string file)
        {
            var result = Command.Result("inspect", file);
            Assert.Equal("linear:4", result.GetProperty("scaling").GetString());
            return (result.GetProperty("maximum_context").GetInt32(), result.GetProperty("original_context").GetInt32());
        }
    }

    [Fact]
    public void Overrides_leave_no_other_base_under_gpt_neox_s_name()
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All["gpt_neox"], 7);
        var overrides = JsonElement.Parse(Command.Result("export", _folder.Root, "--scaling", "base:80000", "--to", "1024", "--target", "vllm").GetProperty("text").GetString()!);
        Assert.Equal((80000, 80000), (overrides.GetProperty("rotary_emb_base").GetDouble(), overrides.GetProperty("rope_parameters").GetProperty("rope_theta").GetDouble()));
    }

    [Fact]
    public void Flags_are_the_published_ones()
    {
        string Flags(string spec) => Command.Result("export", Command.Embedded, "--scaling", spec, "--to", "2048", "--target", "llama.cpp").GetProperty("text").GetString()!;
        Assert.Equal("--rope-scaling linear --rope-scale 8", Flags("linear:8"));
        Assert.Equal("--rope-scaling yarn --rope-scale 8 --yarn-orig-ctx 256 --yarn-beta-fast 16 --yarn-beta-slow 1", Flags("yarn:8,beta-fast=16"));
        Assert.Equal("--rope-freq-base 80000", Flags("base:80000"));
    }

    [Fact]
    public void A_limit_of_the_tokenizer_grows_with_the_window()
    {
        var source = _folder.PathOf("source");
        Directory.CreateDirectory(source);
        foreach (var path in Directory.EnumerateFiles(Command.Embedded))
        {
            File.WriteAllBytes(Path.Combine(source, Path.GetFileName(path)), File.ReadAllBytes(path));
        }

        File.WriteAllText(Path.Combine(source, "sentence_bert_config.json"), """{"max_seq_length": 256, "do_lower_case": false}""");
        var output = _folder.PathOf("out");
        Command.Result("export", source, "--scaling", "yarn:8", "--target", "huggingface-v4", "--out", output);
        Assert.Equal(2048, JsonElement.Parse(File.ReadAllText(Path.Combine(output, "sentence_bert_config.json"))).GetProperty("max_seq_length").GetInt32());
        Assert.DoesNotContain("limit", string.Join(' ', Command.Run("doctor", output, "--json").Json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("rule").GetString())), StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_with_a_window_keep_their_own_encoding()
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All["gemma3_text"], 7);
        var output = _folder.PathOf("out");
        Command.Result("export", _folder.Root, "--scaling", "yarn:4", "--target", "huggingface-v5", "--out", output);
        var parameters = JsonElement.Parse(File.ReadAllText(Path.Combine(output, "config.json"))).GetProperty("rope_parameters");
        Assert.Equal(10000, parameters.GetProperty("sliding_attention").GetProperty("rope_theta").GetDouble());
        Assert.Equal("yarn", parameters.GetProperty("full_attention").GetProperty("rope_type").GetString());

        // Again from there: the windowed layers' part stands as it was.
        var second = _folder.PathOf("second");
        Command.Result("export", output, "--scaling", "linear:4", "--target", "huggingface-v5", "--out", second);
        Assert.Equal(parameters.GetProperty("sliding_attention").GetRawText(), JsonElement.Parse(File.ReadAllText(Path.Combine(second, "config.json"))).GetProperty("rope_parameters").GetProperty("sliding_attention").GetRawText());
    }

    [Theory]
    [InlineData("expected one of huggingface-v4", "--scaling", "yarn:4", "--target", "onnx")]
    [InlineData("found plain positions", "--target", "vllm")]
    [InlineData("found both", "--scaling", "yarn:4", "--factors", "FILE", "--target", "vllm")]
    [InlineData("--out: found nothing, expected a new folder", "--scaling", "yarn:4", "--target", "huggingface-v4")]
    [InlineData("--out: found nothing, expected a new .gguf file", "--scaling", "yarn:4", "--target", "gguf")]
    [InlineData("a name that ends in .gguf", "--scaling", "yarn:4", "--target", "gguf", "--out", "OUT")]
    [InlineData("--to: found nothing", "--scaling", "base:80000", "--target", "llama.cpp")]
    [InlineData("--to: found 128, expected at least the original length 256", "--scaling", "yarn:4", "--to", "128", "--target", "vllm")]
    [InlineData("which its flags cannot express", "--scaling", "longrope:FILE", "--target", "llama.cpp")]
    [InlineData("which its flags cannot express", "--scaling", "resonance+yarn:4", "--target", "llama.cpp")]
    [InlineData("which its flags cannot express", "--scaling", "yarn:4,attention=1.3", "--target", "llama.cpp")]
    [InlineData("which its flags cannot express", "--scaling", "llama3:4", "--target", "llama.cpp")]
    [InlineData("one table for 1024 tokens", "--scaling", "dynamic:4", "--target", "vllm")]
    [InlineData("\"dynamic\" in a GGUF file", "--scaling", "dynamic:4", "--target", "gguf", "--out", "OUT.gguf")]
    [InlineData("yarn without rounding", "--scaling", "yarn:4,truncate=false", "--target", "gguf", "--out", "OUT.gguf")]
    [InlineData("other programs have no keys for", "--scaling", "dynamic-yarn:1", "--to", "1024", "--target", "huggingface-v5", "--out", "OUT")]
    [InlineData("4 start tokens", "--factors", "START", "--target", "huggingface-v4", "--out", "OUT")]
    [InlineData("attention factors 1.2 and 1.3", "--factors", "TWO-FACTORS", "--target", "gguf", "--out", "OUT.gguf")]
    [InlineData("nothing", "--factors", "nothing.json", "--target", "vllm")]
    public void What_a_target_cannot_express_is_refused_in_one_line_and_nothing_is_written(string expected, params string[] options)
    {
        var output = _folder.PathOf("output");
        Directory.CreateDirectory(output);
        var run = Command.Run(["export", Command.Embedded, .. options.Select(o => o switch
        {
            "START" => Factors(start: 4),
            "TWO-FACTORS" => Factors(second: "1.3"),
            "OUT" or "OUT.gguf" => Path.Combine(output, o),
            _ => Named(o),
        })]);
        Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Output}");
        Assert.Contains(expected, Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(output));
    }

    [Fact]
    public void Factors_that_llama_cpp_s_graph_ignores_are_refused_for_it()
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All["qwen2"], 7);
        var output = _folder.PathOf("out.gguf");
        var run = Command.Run("export", _folder.Root, "--scaling", "resonance+yarn:4", "--target", "gguf", "--out", output);
        Assert.Equal(2, run.Code);
        Assert.Contains("as its qwen2 graph has it", Assert.Single(run.Complaints), StringComparison.Ordinal);
        Assert.False(File.Exists(output));
    }

    [Fact]
    public void Phi3_is_refused_before_work_what_its_class_in_Transformers_refuses()
    {
        RandomCheckpoint.Write(_folder, RandomCheckpoint.Config(SmallConfigs.All["phi3"], """{"sliding_window":null}"""), 7);
        void Refused(string expected, params string[] arguments)
        {
            var run = Command.Run(arguments);
            Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}");
            Assert.Contains(expected, Assert.Single(run.Complaints), StringComparison.Ordinal);
        }

        var output = _folder.PathOf("out");
        Refused("longrope alone", "export", _folder.Root, "--scaling", "yarn:4", "--target", "huggingface-v4", "--out", output);
        Refused("longrope alone", "export", _folder.Root, "--scaling", "yarn:4", "--target", "vllm");
        Refused("style V5", "export", _folder.Root, "--scaling", "resonance+yarn:4", "--target", "huggingface-v4", "--out", output);
        Command.Result("export", _folder.Root, "--scaling", "yarn:4", "--target", "gguf", "--out", output + ".gguf");
        Command.Result("export", _folder.Root, "--scaling", "resonance+yarn:4", "--target", "huggingface-v5", "--out", output);

        foreach (var file in Directory.GetFiles(Command.Embedded, "tokenizer*"))
        {
            File.Copy(file, _folder.PathOf(Path.GetFileName(file)));
        }

        var text = _folder.Write("text.txt", string.Concat(Enumerable.Repeat("Once upon a time there was a text. ", 400)));
        string[] extend = ["extend", _folder.Root, "--to", "1024", "--text", text, "--heldout", text + "2", "--out", _folder.PathOf("extended")];
        File.Copy(text, text + "2");
        Refused("searched for phi3", extend);
        Refused("found fit for phi3", [.. extend, "--attention-factor", "fit"]);
        Assert.False(Directory.Exists(_folder.PathOf("extended")));
        Assert.Equal(0, Command.Run([.. extend, "--attention-factor", "su", "--dry-run"]).Code);
        Refused("longrope alone", "tune", _folder.Root, text, "--scaling", "yarn:2", "--to", "1024", "--out", _folder.PathOf("tuned"));
    }

    [Fact]
    public void An_embedder_keeps_the_folders_that_its_modules_json_names()
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All["qwen3"], 7);
        _folder.Write("modules.json", """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"}]""");
        Directory.CreateDirectory(_folder.PathOf("1_Pooling"));
        var pooling = _folder.Write("1_Pooling/config.json", """{"word_embedding_dimension":104,"pooling_mode_lasttoken":true}""");
        var output = _folder.PathOf("out");
        Command.Result("export", _folder.Root, "--scaling", "yarn:4", "--target", "huggingface-v4", "--out", output);
        Assert.Equal(File.ReadAllText(pooling), File.ReadAllText(Path.Combine(output, "1_Pooling", "config.json")));
        Assert.Equal(Pooling.Last, EmbedderSettingsReader.Read(output).Pooling);
    }

    private string Named(string text) => text.Contains("FILE", StringComparison.Ordinal) ? text.Replace("FILE", Factors(), StringComparison.Ordinal) : text;

    private string Factors(int start = 0, string second = "1.2") => _folder.Write("factors.json", Two
        .Replace("ONES", string.Join(", ", Enumerable.Repeat("1", 32)), StringComparison.Ordinal)
        .Replace("TWOS", string.Join(", ", Enumerable.Range(0, 32).Select(i => $"{1 + (0.25 * i)}")), StringComparison.Ordinal)
        .Replace("START", $"{start}", StringComparison.Ordinal)
        .Replace("SECOND", second, StringComparison.Ordinal));
}
