using System.Text.Json;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>inspect on geometries whose figures are published, and on the real configs beside the project.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class InspectTests
{
    [Theory]
    [InlineData("1e5", 24656)]
    [InlineData("5e5", 78400)]
    [InlineData("1e6", 129027)]
    public void A_changed_base_reaches_as_far_as_the_paper_says(string changed, double reach)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("config.json", """{"model_type":"llama","hidden_size":4096,"num_attention_heads":32,"max_position_embeddings":4096,"rope_theta":10000.0}""");
        var result = Command.Result("inspect", config, "--scaling", $"base:{changed}");
        Assert.Equal(reach, result.GetProperty("extrapolation_limit").GetDouble(), 1.0);
    }

    [Theory]
    [InlineData(32_768, 148_544, 192_144.0)]
    [InlineData(65_536, 389_653, null)]
    [InlineData(131_072, 1_022_122, null)]
    [InlineData(1_048_576, 18_449_123, null)]
    public void Llama_2s_critical_dimension_and_bases_are_the_papers(int wanted, double baseForTarget, double? criticalBase)
    {
        using var folder = new TemporaryFolder();
        var config = folder.Write("config.json", """{"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32, "max_position_embeddings": 4096, "rope_theta": 10000.0}""");
        var result = Command.Result("inspect", config, "--to", wanted.ToString());
        Assert.Equal(92, result.GetProperty("critical_dimension").GetInt32());
        Assert.Equal(46, result.GetProperty("critical_pair").GetInt32());
        Assert.Equal(4096, result.GetProperty("original_context").GetInt32());
        Assert.Equal(baseForTarget, result.GetProperty("base_for_target").GetDouble(), 1.0);
        Assert.Equal(Math.Tau * Math.Pow(10_000, 92d / 128), result.GetProperty("extrapolation_limit").GetDouble(), 1e-6);
        if (criticalBase is { } beta)
        {
            Assert.Equal(beta, result.GetProperty("critical_base").GetDouble(), 1.0);
        }
    }

    [SharedTheory]
    [InlineData("Llama-3.1-8B-Instruct.config.json", 70)]
    [InlineData("Qwen2.5-7B-Instruct.config.json", 80)]
    public void Critical_dimensions_of_real_models_are_the_published_ones(string file, int dimension) =>
        Assert.Equal(dimension, Command.Result("inspect", SharedData.Path("data", "configs", file)).GetProperty("critical_dimension").GetInt32());

    [SharedFact]
    public void Real_configs_are_read_or_refused_in_one_line()
    {
        var refused = new List<string>();
        foreach (var path in Directory.GetFiles(SharedData.Path("data", "configs"), "*.json"))
        {
            var run = Command.Run("inspect", path, "--json");
            if (run.Code != 0)
            {
                Assert.Equal(2, run.Code);
                Assert.Contains(path, Assert.Single(run.Complaints), StringComparison.Ordinal);
                refused.Add(Path.GetFileName(path));
                continue;
            }

            var result = run.Json;
            double[] Numbers(string key) => [.. result.GetProperty(key).EnumerateArray().Select(n => n.GetDouble())];
            var (frequencies, factors, wavelengths) = (Numbers("inverse_frequencies"), Numbers("rescale_factors"), Numbers("wavelengths"));
            var width = result.GetProperty("rotary_dimension").GetInt32();
            var theta = result.GetProperty("base").GetDouble();
            Assert.Equal(width / 2, frequencies.Length);
            for (var i = 0; i < frequencies.Length; i++)
            {
                Assert.Equal(Math.Pow(theta, -2d * i / width) / frequencies[i], factors[i], 1e-9 * factors[i]);
                Assert.Equal(Math.Tau / frequencies[i], wavelengths[i], 1e-9 * wavelengths[i]);
            }

            foreach (var key in new[] { "attention_factor", "original_context", "critical_dimension", "critical_pair", "extrapolation_limit", "base_for_target" })
            {
                Assert.True(result.GetProperty(key).ValueKind == JsonValueKind.Number, $"{path}: {key}");
            }
        }

        // Two hold factors alone, without a base; the last has keys of its own.
        Assert.Equal(["MiniCPM4-8B.longrope.json", "MiniCPM4.1-8B.longrope.json", "gpt-oss-20b.config.json"], refused.Order(StringComparer.Ordinal));
    }

    /// <summary>Gemma 3's two bases (2503.19786, section 2): 1,000,000 where a layer sees everything, 10,000 where it has a window.</summary>
    [Theory]
    [InlineData("""{"rope_theta":1000000.0,"rope_local_base_freq":10000.0}""")]
    [InlineData("""{"rope_theta":null,"rope_local_base_freq":null,"rope_parameters":{"full_attention":{"rope_type":"default","rope_theta":1000000.0},"sliding_attention":{"rope_type":"default","rope_theta":10000.0}}}""")]
    public void Of_two_encodings_that_of_the_full_layers_is_shown(string keys)
    {
        using var folder = new TemporaryFolder();
        RandomCheckpoint.Write(folder, RandomCheckpoint.Config(SmallConfigs.All["gemma3_text"], keys), 7);
        var file = folder.PathOf("model.gguf");
        using (var checkpoint = CheckpointFolder.Open(folder.Root))
        {
            GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        }

        foreach (var path in (string[])[folder.Root, folder.PathOf("config.json"), file])
        {
            var result = Command.Result("inspect", path);
            Assert.Equal((1e6, 28), (result.GetProperty("base").GetDouble(), result.GetProperty("rotary_dimension").GetInt32()));
            Assert.Contains("with full attention", result.GetProperty("notes").ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_config_that_is_no_object_is_refused_in_one_line()
    {
        using var folder = new TemporaryFolder();
        var run = Command.Run("inspect", folder.Write("config.json", "[]"));
        Assert.Equal(2, run.Code);
        Assert.Contains("config.json: root: found []", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoints_folder_and_its_config_tell_the_same()
    {
        var folder = Command.Result("inspect", Command.Embedded);
        var file = Command.Result("inspect", Path.Combine(Command.Embedded, "config.json"));
        Assert.True(JsonElement.DeepEquals(file, folder));
        Assert.All(folder.GetProperty("rescale_factors").EnumerateArray(), f => Assert.Equal(1, f.GetDouble()));
        var table = Command.Run("inspect", Command.Embedded);
        Assert.Equal(0, table.Code);
        Assert.Contains("critical dimension", table.Output, StringComparison.Ordinal);
    }
}
