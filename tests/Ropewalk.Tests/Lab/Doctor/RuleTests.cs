using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Doctor;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.Lab.Doctor;

/// <summary>One thing wrong at a time, the disagreements of the methods' specification (section 25) among them.</summary>
public sealed class RuleTests
{
    private const string Plain = """
        {"model_type":"llama","hidden_size":64,"num_attention_heads":8,"max_position_embeddings":256,"rope_theta":10000.0}
        """;

    [Theory]
    [InlineData("missing-base", Severity.Error, """{"rope_theta":null}""", "ropewalk", "refuses")]
    [InlineData("missing-length", Severity.Error, """{"max_position_embeddings":null}""", "ropewalk", "refuses")]
    [InlineData("base-outside-parameters", Severity.Warning, """{"rope_parameters":{"rope_type":"linear","factor":4}}""", "transformers 5", "10000")]
    [InlineData("base-outside-parameters", Severity.Error, """{"rope_scaling":{"rope_type":"linear","factor":4,"rope_theta":5e5}}""", "transformers 4.4x", "top level")]
    [InlineData("both-generations", Severity.Error, """{"rope_scaling":{"rope_type":"linear","factor":4},"rope_parameters":{"rope_type":"linear","factor":8,"rope_theta":10000.0}}""", "llama.cpp", "rope_parameters")]
    [InlineData("parameters-unread", Severity.Warning, """{"rope_parameters":{"rope_type":"linear","factor":4,"rope_theta":10000.0}}""", "transformers 4.48-4.57", "plain positions")]
    [InlineData("unknown-method", Severity.Error, """{"rope_scaling":{"rope_type":"yarm","factor":4}}""", "llama.cpp", "without a word")]
    [InlineData("unknown-method", Severity.Error, """{"rope_scaling":{"factor":4}}""", "ropewalk", "refuses")]
    [InlineData("two-names", Severity.Error, """{"rope_scaling":{"rope_type":"linear","type":"yarn","factor":4,"original_max_position_embeddings":64}}""", "mlx-lm", "type")]
    [InlineData("old-name", Severity.Error, """{"rope_scaling":{"type":"su","short_factor":[1,1,1,1],"long_factor":[1,1,1,1]},"original_max_position_embeddings":64}""", "transformers 5", "no such method")]
    [InlineData("old-name", Severity.Note, """{"rope_scaling":{"type":"linear","factor":4}}""", "vLLM", "renames")]
    [InlineData("missing-keys", Severity.Error, """{"rope_scaling":{"rope_type":"linear"}}""", "transformers 5", "KeyError")]
    [InlineData("missing-keys", Severity.Error, """{"rope_scaling":{"rope_type":"llama3","factor":4,"low_freq_factor":1,"high_freq_factor":4}}""", "ropewalk", "refuses")]
    [InlineData("foreign-keys", Severity.Error, """{"rotary_scaling_factor":2}""", "vLLM", "ignores")]
    [InlineData("stray-scaling", Severity.Warning, """{"rope_scalling":{"rope_type":"linear","factor":4}}""", "transformers 5", "ignores")]
    [InlineData("unread-keys", Severity.Warning, """{"rope_scaling":{"rope_type":"linear","factor":4,"faktor":8}}""", "transformers 5", "warns")]
    [InlineData("factor-below-one", Severity.Error, """{"rope_scaling":{"rope_type":"linear","factor":0.25}}""", "vLLM", "computes with it")]
    [InlineData("doubled-factor", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"linear","factor":4,"original_max_position_embeddings":256}}""", "vLLM", "4096")]
    [InlineData("yarn-factor", Severity.Error, """{"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256}}""", "transformers 4.48-4.57", "the extension is lost")]
    [InlineData("yarn-factor", Severity.Warning, """{"max_position_embeddings":512,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256}}""", "transformers 4.48-4.57", "max / original")]
    [InlineData("yarn-original", Severity.Error, """{"rope_scaling":{"rope_type":"yarn","factor":4}}""", "llama.cpp", "KeyError")]
    [InlineData("yarn-ramp", Severity.Note, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256}}""", "transformers 4.4x", "1024")]
    [InlineData("yarn-attention", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"attention_factor":1.3}}""", "llama.cpp", "computes the formula")]
    [InlineData("yarn-attention", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"attn_factor":1.3}}""", "vLLM", "multiplies")]
    [InlineData("yarn-attention", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"mscale":0.7}}""", "transformers 5", "ignores")]
    [InlineData("yarn-turns", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"beta_fast":16}}""", "llama.cpp", "32 and 1")]
    [InlineData("yarn-turns", Severity.Warning, """{"max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"truncate":false}}""", "llama.cpp", "rounds")]
    [InlineData("softmax-scale", Severity.Warning, """{"model_type":"deepseek_v2","max_position_embeddings":1024,"rope_scaling":{"rope_type":"yarn","factor":4,"original_max_position_embeddings":256,"mscale":1,"mscale_all_dim":1}}""", "transformers 5", "#47435")]
    [InlineData("dynamic-table", Severity.Warning, """{"rope_scaling":{"rope_type":"dynamic","factor":4}}""", "vLLM", "1024")]
    [InlineData("factor-lists", Severity.Error, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1],"long_factor":[1,1,1,1]},"original_max_position_embeddings":64}""", "llama.cpp", "stops")]
    [InlineData("factor-lists", Severity.Error, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,0],"long_factor":[1,1,1,1]},"original_max_position_embeddings":64}""", "ropewalk", "refuses")]
    [InlineData("longrope-original", Severity.Warning, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2],"original_max_position_embeddings":64}}""", "transformers 4.4x", "does not read it there")]
    [InlineData("longrope-original", Severity.Error, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2]}}""", "transformers 5", "never rule")]
    [InlineData("longrope-attention", Severity.Warning, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2],"attention_factor":1.5},"original_max_position_embeddings":64}""", "llama.cpp", "formula")]
    [InlineData("longrope-attention", Severity.Warning, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2],"factor":8},"original_max_position_embeddings":64}""", "transformers 4.4x", "max / original")]
    [InlineData("longrope-attention", Severity.Warning, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2],"short_mscale":1.2,"long_mscale":1.3},"original_max_position_embeddings":64}""", "vLLM", "takes them")]
    [InlineData("longrope-switch", Severity.Note, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2]},"original_max_position_embeddings":64}""", "llama.cpp", "allocated")]
    [InlineData("llama3-original", Severity.Warning, """{"rope_scaling":{"rope_type":"llama3","factor":4,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":64}}""", "llama.cpp", "8192")]
    [InlineData("llama-cpp-lists", Severity.Warning, """{"rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2]},"original_max_position_embeddings":64}""", "llama.cpp", "without them")]
    [InlineData("llama-cpp-lists", Severity.Warning, """{"model_type":"qwen2","rope_scaling":{"rope_type":"longrope","short_factor":[1,1,1,1],"long_factor":[1,1,1,2]},"original_max_position_embeddings":64}""", "llama.cpp", "knows no factors")]
    [InlineData("llama-cpp-llama3", Severity.Warning, """{"model_type":"qwen2","rope_scaling":{"rope_type":"llama3","factor":4,"low_freq_factor":1,"high_freq_factor":4,"original_max_position_embeddings":8192}}""", "llama.cpp", "plain positions")]
    [InlineData("rotary-width", Severity.Error, """{"head_dim":20,"partial_rotary_factor":0.25}""", "ropewalk", "refuses")]
    [InlineData("sliding-window", Severity.Warning, """{"model_type":"mistral","sliding_window":128,"rope_scaling":{"rope_type":"linear","factor":4}}""", "llama.cpp", "no window")]
    [InlineData("sliding-window", Severity.Note, """{"model_type":"phi3","sliding_window":2047,"max_position_embeddings":4096}""", "microsoft/LongRoPE", "2047")]
    public void A_rule_finds_its_fault_and_a_plain_config_has_none(string rule, Severity severity, string changes, string engine, string effect)
    {
        Assert.Empty(Examine(Plain).Findings);
        var diagnosis = Examine(RandomCheckpoint.Config(Plain, changes));
        var finding = Assert.Single(diagnosis.Findings, f => f.Rule == rule);
        Assert.Equal(severity, finding.Severity);
        Assert.Contains(effect, Assert.Single(finding.Effects, e => e.Engine == engine).Effect, StringComparison.Ordinal);
        Assert.True(diagnosis.HasProblems || severity == Severity.Note);
    }

    [Theory]
    [InlineData("tokenizer-limit", "tokenizer_config.json", """{"model_max_length": 256}""")]
    [InlineData("tokenizer-truncation", "tokenizer.json", """{"truncation": {"max_length": 256}}""")]
    [InlineData("sentence-limit", "sentence_bert_config.json", """{"max_seq_length": 256}""")]
    public void A_limit_left_behind_is_found_in_its_own_file(string rule, string file, string text)
    {
        using var folder = new TemporaryFolder();
        folder.Write("config.json", Plain);
        folder.Write(file, text);
        Assert.Empty(ModelDoctor.Examine(folder.Root).Findings);
        folder.Write("config.json", RandomCheckpoint.Config(Plain, """{"max_position_embeddings":1024}"""));
        var finding = Assert.Single(ModelDoctor.Examine(folder.Root).Findings);
        Assert.Equal((rule, folder.PathOf(file)), (finding.Rule, finding.File));

        // A config that is still to be written is judged beside the folder's other files.
        var proposed = folder.Write("proposed.json", RandomCheckpoint.Config(Plain, """{"max_position_embeddings":2048}"""));
        Assert.Contains("2048", Assert.Single(ModelDoctor.Examine(folder.Root, proposed).Findings).Found, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_never_throws_on_values_of_any_kind()
    {
        string[] values = ["null", "true", "-1", "0", "1e300", "\"x\"", "[]", "[1]", "{}", """{"a":{}}""", """{"rope_type":1,"type":[]}"""];
        string[] keys =
        [
            "model_type", "rope_theta", "rope_scaling", "rope_parameters", "max_position_embeddings", "original_max_position_embeddings", "sliding_window", "use_sliding_window", "layer_types",
            "hidden_size", "num_attention_heads", "head_dim", "partial_rotary_factor", "text_config", "rope_local_base_freq",
        ];
        string[] inner = ["factor", "short_factor", "long_factor", "original_max_position_embeddings", "attention_factor", "mscale", "beta_fast", "truncate", "rope_type", "type", "rope_theta"];
        var configs = keys.SelectMany(k => values.Select(v => $$"""{"{{k}}":{{v}}}"""))
            .Concat(((string[])["yarn", "longrope", "llama3", "dynamic", "linear"]).SelectMany(t => inner.SelectMany(k => values.Select(v => k is "rope_type" ? $$$"""{"rope_scaling":{"{{{k}}}":{{{v}}},"factor":4}}""" : $$$"""{"rope_scaling":{"rope_type":"{{{t}}}","{{{k}}}":{{{v}}}}}"""))));
        foreach (var changes in configs)
        {
            Examine(RandomCheckpoint.Config(Plain, changes));
        }
    }

    [Fact]
    public void Unreadable_input_is_one_error()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<CheckpointFormatException>(() => ModelDoctor.Examine(folder.PathOf("nothing")));
        Assert.Throws<CheckpointFormatException>(() => ModelDoctor.Examine(folder.Root));
        Assert.Throws<CheckpointFormatException>(() => ModelDoctor.Examine(folder.Write("broken.json", "{")));
        Assert.Throws<CheckpointFormatException>(() => ModelDoctor.Examine(folder.Write("list.json", "[]")));
    }

    private static Diagnosis Examine(string config)
    {
        using var folder = new TemporaryFolder();
        return ModelDoctor.Examine(folder.Write("config.json", config));
    }
}
