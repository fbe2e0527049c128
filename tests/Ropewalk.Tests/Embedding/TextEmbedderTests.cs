using Microsoft.Extensions.AI;
using Ropewalk.Engine.Embedding;
using Ropewalk.Positions;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;

namespace Ropewalk.Tests.Embedding;

public sealed class TextEmbedderTests
{
    private static readonly string[] s_texts = ["A cat sat on the mat.", string.Concat(Enumerable.Repeat("the quick brown fox ", 40)), "x", "Der Hund schlief."];

    [SharedFact]
    public void A_folder_says_what_it_is()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var embedder = TextEmbedder.Load(folder.Root);
        Assert.Equal((Pooling.Mean, true, 256, SmallEmbedder.Width), (embedder.Pooling, embedder.Normalizes, embedder.MaxTokens, embedder.Width));
        Assert.Equal(["document", "query"], embedder.Prompts.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("", embedder.Prompt(null));
        Assert.Equal("prompt: found \"passage\", expected document, query", Assert.Throws<UserInputException>(() => embedder.Prompt("passage")).Message);
    }

    [SharedFact]
    public void A_vector_does_not_depend_on_the_batch()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var embedder = TextEmbedder.Load(folder.Root, new EmbedderOptions { BatchTokens = 20 });
        using var wide = TextEmbedder.Load(folder.Root);
        var together = wide.Embed(s_texts);
        var few = embedder.Embed(s_texts);
        for (var i = 0; i < s_texts.Length; i++)
        {
            Numbers.Same(together[i].Vector, few[i].Vector, $"text {i} in small batches");
            Numbers.Same(together[i].Vector, wide.Embed([s_texts[i]])[0].Vector, $"text {i} alone");
            Assert.Equal(1, together[i].Vector.Sum(v => (double)v * v), 1e-6);
        }
    }

    /// <summary>The mean of the pieces' vectors before they are normalised, the last piece reaching back (methods.md 18.1).</summary>
    [SharedFact]
    public void A_long_text_is_the_mean_of_its_pieces()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var pieces = TextEmbedder.Load(folder.Root, new EmbedderOptions { MaxTokens = 12, Normalizes = false });
        using var cut = TextEmbedder.Load(folder.Root, new EmbedderOptions { MaxTokens = 12, Chunks = true });
        var words = Enumerable.Range(0, 25).Select(i => (string[])["red", "blue", "green"] is var w ? w[i * i % 3] : "").ToArray();
        var found = cut.Embed([string.Join(' ', words)])[0];
        Assert.Equal((27, 3), (found.Tokens, found.Chunks));
        var parts = pieces.Embed([string.Join(' ', words[..10]), string.Join(' ', words[10..20]), string.Join(' ', words[15..])]);
        var mean = Enumerable.Range(0, SmallEmbedder.Width).Select(i => (float)parts.Average(p => p.Vector[i])).ToArray();
        Pool.Normalize(mean);
        Numbers.Close(mean, found.Vector, 1e-6, "mean of the pieces");
        Assert.Equal("text 1: found 27 tokens, expected at most 12: cut it, ask for chunks, or extend the model", Assert.Throws<UserInputException>(() => pieces.Embed([string.Join(' ', words)])).Message);
    }

    /// <summary>What a tokenizer's truncation leaves: the first tokens and the end mark; with pieces, the pieces of that.</summary>
    [SharedFact]
    public void Only_the_kept_tokens_are_read_and_the_rest_is_told()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var whole = TextEmbedder.Load(folder.Root);
        using var kept = TextEmbedder.Load(folder.Root, new EmbedderOptions { MaxTokens = 12, KeptTokens = 100 });
        using var pieces = TextEmbedder.Load(folder.Root, new EmbedderOptions { MaxTokens = 12, KeptTokens = 18, Chunks = true });
        using var same = TextEmbedder.Load(folder.Root, new EmbedderOptions { MaxTokens = 12, Chunks = true });
        var words = Enumerable.Range(0, 25).Select(i => (string[])["red", "blue", "green"] is var w ? w[i * i % 3] : "").ToArray();
        var text = string.Join(' ', words);
        Assert.Equal(28, kept.Count(text, "red "));
        var found = kept.Embed([text], "red ")[0];
        Assert.Equal((28, 16, 1), (found.Tokens, found.LeftOut, found.Chunks));
        Numbers.Same(whole.Embed([string.Join(' ', words[..9])], "red ")[0].Vector, found.Vector, "kept");
        Assert.Equal(0, kept.Embed([string.Join(' ', words[..10])])[0].LeftOut);
        found = pieces.Embed([text])[0];
        Assert.Equal((27, 9, 2), (found.Tokens, found.LeftOut, found.Chunks));
        Numbers.Same(same.Embed([string.Join(' ', words[..16])])[0].Vector, found.Vector, "kept pieces");
        Assert.Equal("--max-tokens: found 12, expected more than the 12 tokens of the prompt and the special tokens", Assert.Throws<UserInputException>(() => kept.Embed([text], string.Join(' ', words[..10]) + " ")).Message);
    }

    [SharedTheory]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_cls_token":true}""", "pooling_mode_cls_token: true beside pooling_mode_mean_tokens")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_mean_tokens":false}""", "no mode that is true")]
    [InlineData("1_Pooling/config.json", """{"pooling_mode_mean_sqrt_len_tokens":true}""", "pooling_mode_mean_sqrt_len_tokens")]
    [InlineData("1_Pooling/config.json", """{"word_embedding_dimension":384}""", "word_embedding_dimension: found 384, expected the model's 24")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length":513}""", "max_seq_length: found 513, expected at most the model's 512 positions")]
    [InlineData("sentence_bert_config.json", """{"do_lower_case":true}""", "do_lower_case")]
    [InlineData("config_sentence_transformers.json", """{"default_prompt_name":"passage"}""", "default_prompt_name: found \"passage\", expected document, query")]
    [InlineData("config.json", """{"is_decoder":true}""", "is_decoder")]
    [InlineData("config.json", """{"position_embedding_type":"relative_key"}""", "position_embedding_type")]
    public void A_folder_that_contradicts_itself_is_refused(string file, string changes, string message)
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        SmallEmbedder.Change(folder.PathOf(file), changes);
        Assert.Contains(message, Assert.ThrowsAny<RopewalkException>(() => TextEmbedder.Load(folder.Root)).Message, StringComparison.Ordinal);
    }

    [SharedTheory]
    [InlineData("""[{"type":"sentence_transformers.models.Pooling","path":"1_Pooling"}]""", "Transformer first")]
    [InlineData("""[{"type":"sentence_transformers.models.Transformer","path":""},{"type":"sentence_transformers.models.Dense","path":"2_Dense"}]""", "models.Dense")]
    [InlineData("""[{"type":"sentence_transformers.models.Transformer","path":"../elsewhere"}]""", "plain name")]
    [InlineData("""[{"type":"sentence_transformers.models.Transformer","path":""}]""", "pooling: found none")]
    [InlineData("[]", "no list of modules")]
    public void Modules_that_are_not_run_are_refused(string modules, string message)
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        folder.Write("modules.json", modules);
        Assert.Contains(message, Assert.ThrowsAny<RopewalkException>(() => TextEmbedder.Load(folder.Root)).Message, StringComparison.Ordinal);
    }

    [SharedFact]
    public async Task The_common_interface_gives_the_same_vectors()
    {
        using var folder = new TemporaryFolder();
        SmallEmbedder.Write(folder);
        using var embedder = TextEmbedder.Load(folder.Root);
        using IEmbeddingGenerator<string, Embedding<float>> generator = new EmbeddingGenerator(TextEmbedder.Load(folder.Root));
        var found = await generator.GenerateAsync(s_texts);
        var expected = embedder.Embed(s_texts);
        Assert.Equal(s_texts.Length, found.Count);
        for (var i = 0; i < s_texts.Length; i++)
        {
            Numbers.Same(expected[i].Vector, found[i].Vector.Span, $"text {i}");
        }

        Assert.Equal(expected.Sum(t => t.Tokens), found.Usage!.InputTokenCount);
        Assert.Equal(SmallEmbedder.Width, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
        await Assert.ThrowsAsync<NotSupportedException>(() => generator.GenerateAsync(s_texts, new EmbeddingGenerationOptions { Dimensions = 8 }));
    }
}
