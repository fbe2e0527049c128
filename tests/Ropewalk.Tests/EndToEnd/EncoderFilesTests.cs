using System.Text.Json;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>inspect and doctor on encoders: what they say of good folders, and which contradictions they find.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class EncoderFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names() => [.. SmallEncoders.All.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Inspect_tells_of_every_encoder(string name)
    {
        RandomCheckpoint.Write(_folder, SmallEncoders.All[name], 700);
        var result = Command.Result("inspect", _folder.Root);
        var isTable = name.StartsWith("bert", StringComparison.Ordinal) || name.StartsWith("xlm", StringComparison.Ordinal);
        var encoder = isTable ? result : result.GetProperty("encoder");
        Assert.Equal((512, 120), (encoder.GetProperty("window").GetInt32(), encoder.GetProperty("width").GetInt32()));
        Assert.Equal(isTable ? name == "xlm-roberta" ? (514, 2) : (512, 0) : (0, 0), (encoder.GetProperty("position_rows").GetInt32(), encoder.GetProperty("first_position").GetInt32()));
        if (!isTable)
        {
            // 120 / 5 heads; f_i = b^(-2i/d).
            var theta = JsonElement.Parse(SmallEncoders.All[name]) is var config && config.TryGetProperty("rotary_emb_base", out var own) ? own.GetDouble()
                : config.TryGetProperty("rope_parameters", out var layers) ? layers.GetProperty("full_attention").GetProperty("rope_theta").GetDouble() : config.GetProperty("global_rope_theta").GetDouble();
            var frequencies = result.GetProperty("inverse_frequencies").EnumerateArray().Select(f => f.GetDouble()).ToArray();
            Assert.Equal(12, frequencies.Length);
            Assert.Equal(Math.Pow(theta, -22.0 / 24), frequencies[11], 1e-12);
        }

        var table = Command.Run("inspect", _folder.Root);
        Assert.Equal(0, table.Code);
        Assert.Contains(isTable ? "learned positions: a table of" : "critical dimension", table.Output, StringComparison.Ordinal);
        Assert.Contains("nothing says how rows become a vector", table.Output, StringComparison.Ordinal);
        Assert.Equal(0, Command.Run("inspect", _folder.Root, "--check-tensors").Code);
    }

    [SharedFact]
    public void Inspect_reads_the_modules_of_a_folder_and_of_a_file()
    {
        SmallEmbedder.Write(_folder);
        var result = Command.Result("inspect", _folder.Root);
        Assert.Equal(("mean", 256), (result.GetProperty("pooling").GetString(), result.GetProperty("max_seq_length").GetInt32()));
        Assert.True(result.GetProperty("normalizes").GetBoolean());
        Assert.Equal(["document", "query"], result.GetProperty("prompts").EnumerateObject().Select(p => p.Name));
        using var other = new TemporaryFolder();
        Command.Result("convert", _folder.Root, other.PathOf("model.gguf"));
        Assert.Equal("mean", Command.Result("inspect", other.PathOf("model.gguf")).GetProperty("pooling").GetString());
        var run = Command.Run("inspect", _folder.Root, "--scaling", "linear:2");
        Assert.Equal(2, run.Code);
        Assert.Contains("learned positions", Assert.Single(run.Complaints), StringComparison.Ordinal);
    }

    [SharedFact]
    public void Doctor_finds_nothing_in_good_embedders()
    {
        SmallEmbedder.Write(_folder);
        Healthy(_folder.Root);
        using var other = new TemporaryFolder();
        Command.Result("convert", _folder.Root, other.PathOf("model.gguf"));
        Healthy(other.PathOf("model.gguf"));
        Command.Result("extend", _folder.Root, "--to", "1024", "--method", "gp", "--out", other.PathOf("long"));
        Healthy(other.PathOf("long"));
    }

    /// <summary>One thing wrong at a time in all-MiniLM's own files.</summary>
    [SharedTheory]
    [InlineData("position-rows", "config.json", """{"max_position_embeddings":4096}""", "4096, beside a table of 512 rows")]
    [InlineData("sequence-limit", "sentence_bert_config.json", """{"max_seq_length":4096}""", "4096, with positions for 512 tokens")]
    [InlineData("tokenizer-limits", "tokenizer_config.json", """{"model_max_length":128}""", "128, with max_seq_length 256")]
    [InlineData("tokenizer-limits", "tokenizer.json", """{"truncation":{"max_length":64}}""", "64, with max_seq_length 256")]
    [InlineData("pooling", "1_Pooling/config.json", """{"pooling_mode_cls_token":true}""", "one mode")]
    [InlineData("pooling", "1_Pooling/config.json", """{"word_embedding_dimension":384}""", "384, with rows of 24")]
    [InlineData("config", "config.json", """{"position_embedding_type":"relative_key"}""", "relative_key")]
    public void Doctor_finds_a_contradiction(string rule, string file, string changes, string found)
    {
        SmallEmbedder.Write(_folder);
        SmallEmbedder.Change(_folder.PathOf(file), changes);
        Ill(_folder.Root, rule, found);
    }

    [SharedFact]
    public void Doctor_finds_missing_modules_and_positions_that_roberta_has_not()
    {
        SmallEmbedder.Write(_folder, """{"model_type":"xlm-roberta","hidden_size":24,"intermediate_size":48,"num_hidden_layers":1,"num_attention_heads":2,"vocab_size":30522,"max_position_embeddings":514,"type_vocab_size":1,"layer_norm_eps":1e-5,"hidden_act":"gelu","pad_token_id":1}""");
        Healthy(_folder.Root);
        File.Delete(_folder.PathOf("sentence_bert_config.json"));
        SmallEmbedder.Change(_folder.PathOf("tokenizer_config.json"), """{"model_max_length":514}""");
        SmallEmbedder.Change(_folder.PathOf("tokenizer.json"), """{"truncation":null}""");
        Ill(_folder.Root, "sequence-limit", "nothing, so that 514 tokens count, with positions for 512");
        SmallEmbedder.Change(_folder.PathOf("tokenizer_config.json"), """{"model_max_length":512}""");
        File.Delete(_folder.PathOf("modules.json"));
        Ill(_folder.Root, "missing-modules", "nothing there");
    }

    [Theory]
    [InlineData("bert")]
    [InlineData("nomic_bert")]
    [InlineData("modernbert")]
    public void Doctor_finds_a_file_without_pooling_type(string name)
    {
        RandomCheckpoint.Write(_folder, SmallEncoders.All[name], 700);
        using var other = new TemporaryFolder();
        var file = other.PathOf("model.gguf");
        Command.Result("convert", _folder.Root, file);
        Ill(file, "pooling", "nothing");
    }

    private static void Healthy(string model)
    {
        var run = Command.Run("doctor", model);
        Assert.True(run.Code == 0, run.Output + run.Error);
        Assert.Contains("nothing to repair", run.Output, StringComparison.Ordinal);
    }

    private static void Ill(string model, string rule, string found)
    {
        var run = Command.Run("doctor", model, "--json");
        Assert.True(run.Code == 1, run.Output + run.Error);
        // The worst stands first; a limit beyond the table is also one beyond the tokenizer's.
        var finding = run.Json.GetProperty("findings")[0];
        Assert.Equal(rule, finding.GetProperty("rule").GetString());
        Assert.Contains(found, finding.GetProperty("found").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, Command.Run("doctor", model).Code);
    }
}
