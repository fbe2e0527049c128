using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Models.Gguf;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.Models;

/// <summary>Files whose container is sound and whose numbers cannot be (reliability.md G14 and G15, and tensors that are not there):
/// one line that names the key.</summary>
public sealed class GgufBadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("general.architecture", "gpt2", "\"gpt2\" is not supported")]
    [InlineData("general.architecture", 7u, "7 (UInt32)")]
    [InlineData("llama.block_count", 2147483648u, "expected a whole number from 1 to 4096")]
    [InlineData("llama.block_count", 0u, "expected a whole number from 1 to 4096")]
    [InlineData("llama.block_count", 4u, "9 missing")]
    [InlineData("llama.embedding_length", 0u, "expected a whole number")]
    [InlineData("llama.feed_forward_length", 4294967295u, "expected a whole number")]
    [InlineData("llama.attention.head_count", 0u, "expected a whole number from 1")]
    [InlineData("llama.attention.head_count_kv", 5u, "expected a divisor of attention.head_count 6")]
    [InlineData("llama.attention.head_count_kv", 0u, "expected a whole number from 1")]
    [InlineData("llama.attention.key_length", 25u, "24 beside keys of 25")]
    [InlineData("llama.attention.key_length", 4097u, "expected a whole number from 2 to 4096")]
    [InlineData("llama.attention.value_length", 22u, "22 beside keys of 24 is not supported")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.NaN, "expected a number from")]
    [InlineData("llama.attention.layer_norm_rms_epsilon", 0f, "expected a number from")]
    [InlineData("llama.context_length", 0u, "expected a whole number from 1")]
    [InlineData("llama.expert_count", 8u, "a mixture of 8 experts is not supported")]
    [InlineData("llama.rope.dimension_count", 23u, "an even number")]
    [InlineData("llama.rope.dimension_count", 26u, "expected a whole number from 2 to 24")]
    [InlineData("llama.rope.freq_base", 0f, "expected a number from")]
    [InlineData("llama.rope.freq_base", -1f, "expected a number from")]
    [InlineData("llama.rope.freq_base", float.NaN, "expected a number from")]
    [InlineData("llama.rope.freq_base", float.PositiveInfinity, "expected a number from")]
    [InlineData("llama.rope.freq_base", "10000", "expected a number from")]
    [InlineData("llama.rope.scaling.factor", -4f, "expected a number from 0")]
    [InlineData("llama.rope.scaling.factor", 4f, "on top of factors for each pair is not supported")]
    [InlineData("llama.rope.scaling.factor", float.NaN, "expected a number from 0")]
    [InlineData("llama.rope.scaling.attn_factor", 0f, "expected a number from")]
    [InlineData("llama.rope.scaling.attn_factor", float.NaN, "expected a number from")]
    [InlineData("llama.rope.scaling.original_context_length", 1025u, "expected a whole number from 0 to 1024")]
    [InlineData("llama.rope.scaling.type", "dynamic", "dynamic")]
    public void A_number_that_cannot_be_is_named(string key, object value, string expected)
    {
        var file = Write("llama, longrope");
        Rewrite(file, metadata => metadata.Set(key, value));
        Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, file, expected);
    }

    [Fact]
    public void A_factor_of_zero_is_one_as_in_llama_cpp()
    {
        var file = Write("llama");
        Rewrite(file, metadata =>
        {
            metadata.Set("llama.rope.scaling.type", "linear");
            metadata.Set("llama.rope.scaling.factor", 0f);
        });
        using var model = ModelLoader.Load(file);
        Assert.Equal("none", model.Rope.Scaling.Name);
    }

    [Theory]
    [InlineData("llama.context_length")]
    [InlineData("llama.block_count")]
    [InlineData("llama.embedding_length")]
    [InlineData("llama.feed_forward_length")]
    [InlineData("llama.attention.head_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    [InlineData("general.architecture")]
    public void A_missing_key_is_named(string key)
    {
        var file = Write("llama");
        Rewrite(file, _ => { }, keep: k => k != key);
        Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, file, key, "found nothing");
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(-2f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(1e38f)]
    [InlineData(1e-40f)]
    public void A_rope_factor_that_cannot_be_is_named_with_its_place(float factor)
    {
        foreach (var tensor in (string[])[GgufNames.RopeFactorsLong, GgufNames.RopeFactorsShort, GgufNames.RopeFreqs])
        {
            var file = Write("llama, longrope", $"{tensor}{BitConverter.SingleToInt32Bits(factor)}.gguf");
            var factors = Enumerable.Repeat(1f, 12).ToArray();
            factors[3] = factor;
            Rewrite(file, _ => { }, replace: GgufTensorSource.FromSingles(tensor, [12], factors));
            Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, file, $"{tensor}[3]", "expected a finite number above 0");
        }
    }

    [Fact]
    public void Rope_factors_of_another_length_are_refused()
    {
        var file = Write("llama, longrope");
        Rewrite(file, _ => { }, replace: GgufTensorSource.FromSingles(GgufNames.RopeFactorsLong, [11], new float[11]));
        Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, GgufNames.RopeFactorsLong, "F32 [11]", "F32 [12]");
    }

    [Fact]
    public void One_list_of_two_is_refused()
    {
        var file = Write("llama, longrope");
        Rewrite(file, _ => { }, drop: GgufNames.RopeFactorsShort);
        Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, GgufNames.RopeFactorsShort, "both lists");
    }

    [Fact]
    public void A_number_that_is_not_finite_is_found_in_every_type()
    {
        var file = Write("llama");
        var values = new float[1003 * 144];
        values[(7 * 144) + 5] = float.NaN;
        Rewrite(file, _ => { }, replace: GgufTensorSource.FromSingles("token_embd.weight", [1003, 144], values));
        Attack.MustFail(() => ModelLoader.Load(file).Dispose(), new FileInfo(file).Length, "model.embed_tokens.weight", $"element {(7 * 144) + 5}", "finite");
    }

    [Fact]
    public void Bytes_after_the_last_tensor_and_strange_tensors_are_told()
    {
        var file = Write("llama");
        Rewrite(file, _ => { }, add: GgufTensorSource.FromSingles("adapter.weight", [4], new float[4]));
        File.AppendAllText(file, "tail");
        using var checkpoint = ModelLoader.Open(file);
        Assert.Contains(checkpoint.Notes, n => n.Contains("4 bytes after the last tensor", StringComparison.Ordinal));
        Assert.Contains(checkpoint.Notes, n => n.Contains("adapter.weight", StringComparison.Ordinal));
    }

    private string Write(string name, string fileName = "model.gguf")
    {
        RandomCheckpoint.Write(_folder, SmallConfigs.All[name], 800);
        var file = _folder.PathOf(fileName);
        using var checkpoint = CheckpointFolder.Open(_folder.Root);
        GgufExport.Write(checkpoint, file, null, metadata => metadata.Set("tokenizer.ggml.model", "no_vocab"));
        return file;
    }

    /// <summary>Writes the file again with other metadata or tensors.</summary>
    private void Rewrite(
        string file, Action<GgufMetadata> change, Func<string, bool>? keep = null, GgufTensorSource? replace = null, string? drop = null, GgufTensorSource? add = null)
    {
        var copy = _folder.PathOf("copy.gguf");
        File.Copy(file, copy, overwrite: true);
        using var source = GgufFile.Open(copy);
        var metadata = new GgufMetadata(file);
        foreach (var key in source.Metadata.Keys.Where(k => keep?.Invoke(k) ?? true))
        {
            Assert.True(source.Metadata.TryGet(key, out var value));
            metadata.Set(key, value);
        }

        change(metadata);
        var tensors = source.Tensors.Values.Where(t => t.Name != drop && t.Name != replace?.Name).Select(t => GgufTensorSource.Copy(source, t)).ToList();
        tensors.AddRange(((GgufTensorSource?[])[replace, add]).OfType<GgufTensorSource>());
        GgufWriter.Write(file, metadata, tensors);
    }
}
