using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats.Gguf;
using Ropewalk.Tests.Embedding;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Models;
using Ropewalk.Tests.Peer;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>Embedders whose tensors are not named as their architecture names them, as GGUF files.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class ConvertedEmbedderTests : IDisposable
{
    private static readonly string[] s_texts = ["The cats' café, re-opened in 1999!", "x", "Größe 東京 naïve"];

    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _output = new();

    private string GgufPath => _output.PathOf("model.gguf");

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    /// <summary>What llama.cpp's converter does of Qwen3-Embedding: the template's token becomes eos, the config's eot.</summary>
    [Fact]
    public void A_decoder_without_prefix_and_head_keeps_its_pooling_and_its_end()
    {
        SmallDecoderEmbedder.Write(_folder);
        Command.Result("convert", _folder.Root, GgufPath);
        using (var file = GgufFile.Open(GgufPath))
        {
            var keys = file.Metadata;
            Assert.Equal(3, keys.OptionalInt("qwen3.pooling_type", 0, 9));
            Assert.Equal((SmallDecoderEmbedder.End, SmallDecoderEmbedder.Eos), (keys.OptionalInt("tokenizer.ggml.eos_token_id", 0, 999), keys.OptionalInt("tokenizer.ggml.eot_token_id", 0, 999)));
        }

        using var source = TextEmbedder.Load(_folder.Root);
        using var embedder = TextEmbedder.Load(GgufPath);
        Assert.Equal(Pooling.Last, embedder.Pooling);
        Assert.Equal(source.Embed(s_texts).Select(e => e.Vector), embedder.Embed(s_texts).Select(e => e.Vector));

        // Again from the file, and back.
        var again = _output.PathOf("again.gguf");
        Command.Result("convert", GgufPath, again);
        Command.Result("convert", again, _output.PathOf("back"));
        using var back = TextEmbedder.Load(_output.PathOf("back"));
        Assert.Equal(Pooling.Last, back.Pooling);
        Assert.Equal(source.Embed(s_texts).Select(e => e.Vector), back.Embed(s_texts).Select(e => e.Vector));
    }

    [PeerFact]
    public void Llama_cpp_finds_the_same_tokens_and_the_same_vectors()
    {
        SmallDecoderEmbedder.Write(_folder);
        Command.Result("convert", _folder.Root, GgufPath);
        using var embedder = TextEmbedder.Load(GgufPath);
        var ids = s_texts.Select(t => embedder.Tokenizer.Encode(t)).ToArray();
        for (var i = 0; i < s_texts.Length; i++)
        {
            Assert.Equal(LlamaCpp.Tokenize(GgufPath, s_texts[i]), ids[i]);
        }

        var theirs = LlamaCpp.Embeddings(GgufPath, ids, pooling: null);
        var ours = embedder.Embed(s_texts);
        for (var i = 0; i < s_texts.Length; i++)
        {
            var cosine = ours[i].Vector.Zip(theirs[i], (a, b) => (double)a * b).Sum() / Math.Sqrt(theirs[i].Sum(x => (double)x * x));
            Assert.True(cosine >= 0.99999, $"{s_texts[i]}: cosine {cosine:R}");
        }
    }

    [SharedTheory]
    [InlineData("bert", "bert.")]
    [InlineData("modernbert", "model.")]
    public void An_encoder_may_have_a_prefix(string name, string prefix)
    {
        using var plain = new TemporaryFolder();
        SmallEmbedder.Write(plain, RandomCheckpoint.Config(SmallEncoders.All[name], """{"vocab_size":30522}"""));
        File.Copy(plain.PathOf("config.json"), _folder.PathOf("config.json"));
        File.Copy(plain.PathOf("tokenizer.json"), _folder.PathOf("tokenizer.json"));
        File.Copy(plain.PathOf("tokenizer_config.json"), _folder.PathOf("tokenizer_config.json"));
        SmallDecoderEmbedder.Rename(plain, _folder, n => prefix + n);
        Command.Result("convert", _folder.Root, GgufPath);
        var options = new EmbedderOptions { Pooling = Pooling.Mean };
        using var source = TextEmbedder.Load(_folder.Root, options);
        using var embedder = TextEmbedder.Load(GgufPath, options with { Normalizes = source.Normalizes });
        Assert.Equal(source.Embed(s_texts).Select(e => e.Vector), embedder.Embed(s_texts).Select(e => e.Vector));
    }
}
