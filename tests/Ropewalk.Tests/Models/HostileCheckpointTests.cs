using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Models;

/// <summary>Rows of the reliability notes that only show when a folder is loaded as a model: sound files that do not make one.</summary>
public sealed class HostileCheckpointTests
{
    [Fact]
    public void S3_an_empty_model_lacks_its_tensors()
    {
        using var folder = Tiny();
        folder.Write("model.safetensors", SafetensorsBytes.File("{}", 0));
        Attack.MustFail(() => ModelLoader.Load(folder.Root), 0, "model.safetensors: tensors: found", "missing: model.embed_tokens.weight", "expected the 21 tensors");
    }

    [Fact]
    public void S17_a_transposed_matrix_is_another_shape_and_an_extra_tensor_a_note()
    {
        using var folder = new TemporaryFolder();
        var tiny = new TinyLlama().Fill(1);
        tiny.Reshape("model.embed_tokens.weight", 24, 50);
        tiny.Write(folder);
        Attack.MustFail(() => ModelLoader.Load(folder.Root), 0, "model.embed_tokens.weight [24, 50] instead of [50, 24]");

        tiny = new TinyLlama().Fill(1);
        tiny.Reshape("model.layers.7.mystery", 3);
        tiny.Write(folder);
        using var checkpoint = CheckpointFolder.Open(folder.Root);
        ModelLoader.Load(checkpoint).Dispose();
        Assert.Contains("1 tensors that this model does not use: model.layers.7.mystery", Assert.Single(checkpoint.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_decoder_whose_tokens_see_the_whole_text_is_refused_and_an_encoder_is_not()
    {
        using var folder = Tiny(config => config["is_causal"] = false);
        foreach (var load in (Action[])[() => ModelLoader.Load(folder.Root), () => TextEncoder.Load(folder.Root)])
        {
            Assert.Contains("config.json: is_causal: false is not supported", Assert.Throws<UnsupportedCheckpointException>(load).Message, StringComparison.Ordinal);
        }

        foreach (var name in (string[])["bert", "modernbert"])
        {
            using var encoder = new TemporaryFolder();
            RandomCheckpoint.Write(encoder, RandomCheckpoint.Config(SmallEncoders.All[name], """{"is_causal":false}"""), 1);
            TextEncoder.Load(encoder.Root).Dispose();
        }
    }

    [Theory]
    [InlineData("num_hidden_layers", "1000000000", "found 1000000000")]
    [InlineData("num_hidden_layers", "0", "found 0")]
    [InlineData("num_hidden_layers", "\"2\"", "the text \"2\"")]
    [InlineData("num_attention_heads", "0", "found 0")]
    [InlineData("num_attention_heads", "-3", "found -3")]
    [InlineData("num_key_value_heads", "0", "found 0")]
    [InlineData("head_dim", "1000000000", "found 1000000000")]
    [InlineData("hidden_size", "2147483647", "found 2147483647")]
    [InlineData("intermediate_size", "2147483648", "found 2147483648")]
    [InlineData("vocab_size", "-1", "found -1")]
    [InlineData("rms_norm_eps", "-1", "found -1")]
    public void F6_sizes_are_refused_before_anything_is_made_of_them(string key, string value, string found)
    {
        using var folder = Tiny(config => config[key] = JsonNode.Parse(value));
        Attack.MustFail(() => ModelLoader.Load(folder.Root), 0, $"config.json: {key}: ", found);
    }

    [Theory]
    [InlineData("hidden_size", "48", "of another shape")]
    [InlineData("vocab_size", "1000000", "model.embed_tokens.weight [50, 24] instead of [1000000, 24]")]
    [InlineData("intermediate_size", "1000000", "instead of")]
    public void F6_sizes_beyond_the_weights_are_refused_before_memory_is_taken(string key, string value, string found)
    {
        using var folder = Tiny(config => config[key] = JsonNode.Parse(value));
        Attack.MustFail(() => ModelLoader.Load(folder.Root), 0, found);
    }

    [Fact]
    public void F6_a_list_of_end_tokens_and_a_byte_order_mark_are_accepted()
    {
        using var folder = Tiny(config => config["eos_token_id"] = JsonNode.Parse("[2,3]"));
        folder.Write("config.json", [0xEF, 0xBB, 0xBF, .. File.ReadAllBytes(folder.PathOf("config.json"))]);
        ModelLoader.Load(folder.Root).Dispose();
    }

    private static TemporaryFolder Tiny(Action<JsonObject>? change = null)
    {
        var folder = new TemporaryFolder();
        new TinyLlama().Fill(1).Write(folder, change);
        return folder;
    }
}
