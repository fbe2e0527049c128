using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>doctor as a user runs it: exit codes, table and JSON, and GGUF files.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exit_codes_tell_healthy_from_ill_from_unreadable()
    {
        var healthy = Command.Run("doctor", Command.Embedded);
        Assert.True(healthy.Code == 0, healthy.Output + healthy.Error);
        Assert.Contains("nothing to repair", healthy.Output, StringComparison.Ordinal);
        var config = _folder.Write("proposed.json", """{"model_type":"llama","hidden_size":192,"num_attention_heads":3,"max_position_embeddings":256,"rope_theta":10000.0,"rope_scaling":{"rope_type":"yarn","factor":8.0,"original_max_position_embeddings":256}}""");
        var ill = Command.Run("doctor", Command.Embedded, "--config", config);
        Assert.Equal(1, ill.Code);
        Assert.Contains("error: rope_scaling.factor: 8, where max / original is 256 / 256 = 1", ill.Output, StringComparison.Ordinal);
        Assert.Contains("1 thing to repair", ill.Output, StringComparison.Ordinal);
        var unreadable = Command.Run("doctor", _folder.PathOf("nothing"));
        Assert.Equal(2, unreadable.Code);
        Assert.Contains("nothing there", Assert.Single(unreadable.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_severity_file_field_and_what_happens_where()
    {
        var config = _folder.Write("config.json", """{"model_type":"llama","hidden_size":192,"num_attention_heads":3,"max_position_embeddings":256,"rope_theta":10000.0,"rope_scaling":{"rope_type":"dynamic","factor":8.0}}""");
        var run = Command.Run("doctor", config, "--json");
        Assert.Equal(1, run.Code);
        Assert.True(run.Json.GetProperty("has_problems").GetBoolean());
        Assert.Equal(6, run.Json.GetProperty("engines").GetArrayLength());
        var finding = run.Json.GetProperty("findings").EnumerateArray().Single();
        Assert.Equal(("warning", "dynamic-table", config, "rope_scaling.rope_type"), (finding.GetProperty("severity").GetString(), finding.GetProperty("rule").GetString(), finding.GetProperty("file").GetString(), finding.GetProperty("field").GetString()));
        Assert.Contains(finding.GetProperty("effects").EnumerateArray(), e => e.GetProperty("engine").GetString() == "llama.cpp" && e.GetProperty("effect").GetString() == "plain positions");
    }

    [Theory]
    [InlineData("gguf-doubled-factors", 1, "llama.rope.scaling.factor", 4f)]
    [InlineData("gguf-yarn-keys", 1, "llama.rope.scaling.yarn_attn_factor", 1.2f)]
    [InlineData(null, 0, "general.name", "x")]
    public void A_gguf_file_s_own_keys_are_judged(string? rule, int code, string key, object value)
    {
        var file = Gguf(metadata => metadata.Set(key, value));
        var run = Command.Run("doctor", file, "--json");
        Assert.True(run.Code == code, run.Output + run.Error);
        Assert.Equal(rule is null ? [] : [rule], run.Json.GetProperty("findings").EnumerateArray().Select(f => f.GetProperty("rule").GetString()!));
    }

    [Fact]
    public void Longrope_without_its_lists_is_found()
    {
        var file = Gguf(metadata => metadata.Set("llama.rope.scaling.type", "longrope"), "none");
        var run = Command.Run("doctor", file);
        Assert.Equal(1, run.Code);
        Assert.Contains("plain positions at every length, without a word", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Turns_that_llama_cpp_takes_from_its_command_line_alone_set_the_two_readings_apart()
    {
        var file = _folder.PathOf("turns.gguf");
        Command.Result("export", Command.Embedded, "--scaling", "yarn:8,beta-fast=8", "--target", "gguf", "--out", file);
        var run = Command.Run("doctor", file, "--json");
        Assert.Equal(1, run.Code);
        var theirs = run.Json.GetProperty("engines").EnumerateArray().Single(e => e.GetProperty("engine").GetString() == "llama.cpp");
        Assert.True(theirs.GetProperty("difference_from_reference").GetDouble() > 0.1);
    }

    /// <summary>The embedded model under a scaling with lists, and a change of its keys.</summary>
    private string Gguf(Action<GgufMetadata> change, string scaling = "resonance+yarn:8")
    {
        var source = Command.Embedded;
        if (scaling != "none")
        {
            source = _folder.PathOf("scaled");
            Command.Result("export", Command.Embedded, "--scaling", scaling, "--target", "huggingface-v4", "--out", source);
        }

        var file = _folder.PathOf("changed.gguf");
        using var checkpoint = ModelLoader.Open(source);
        GgufExport.Write(checkpoint, file, null, metadata =>
        {
            metadata.Set("tokenizer.ggml.model", "no_vocab");
            change(metadata);
        });
        return file;
    }
}
