using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Tests.Formats;
using Ropewalk.Tests.Kernels;
using Ropewalk.Tests.Tokenization;

namespace Ropewalk.Tests.Embedding;

/// <summary>A prompt that ends in a space, under a vocabulary whose words have the space before them: the space alone is another token than the one that the
/// first word has.</summary>
public sealed class PromptSpaceTests : IDisposable
{
    private const string Prompt = "q: ";
    private readonly TemporaryFolder _folder = new();

    public PromptSpaceTests()
    {
        if (SharedData.Folder is null)
        {
            return;
        }

        SmallEmbedder.Write(_folder);
        File.Delete(_folder.PathOf("tokenizer_config.json"));
        _folder.Write("tokenizer.json", SmallTokenizers.ByteLevel(("\u0120", "s"), ("\u0120s", "e"), ("\u0120se", "a"), ("\u0120", "t")).ToJsonString());
    }

    public void Dispose() => _folder.Dispose();

    [SharedTheory]
    [InlineData("sea")]
    [InlineData("sea sea tea")]
    public void Only_the_prompt_s_rows_are_left_out_of_the_mean(string text)
    {
        SmallEmbedder.Change(_folder.PathOf("1_Pooling/config.json"), """{"include_prompt":false}""");
        using var embedder = TextEmbedder.Load(_folder.Root, new EmbedderOptions { Normalizes = false });
        var ids = embedder.Tokenizer.Encode(Prompt + text);
        Assert.Equal(["q", ":", "\u0120sea"], ids.Take(3).Select(embedder.Tokenizer.TokenText));
        Numbers.Same(Pool.Forward(Pooling.Mean, Rows(embedder, ids).AsSpan(2 * SmallEmbedder.Width), SmallEmbedder.Width), embedder.Embed([text], Prompt)[0].Vector, text);
    }

    /// <summary>The first piece is the beginning of prompt and text, and each of the others the prompt's tokens with what follows.</summary>
    [SharedFact]
    public void Pieces_begin_with_the_tokens_that_prompt_and_text_have()
    {
        using var embedder = TextEmbedder.Load(_folder.Root, new EmbedderOptions { Normalizes = false, MaxTokens = 6, Chunks = true });
        var ids = embedder.Tokenizer.Encode(Prompt + "sea sea sea sea sea sea sea sea");
        Assert.Equal(10, ids.Length);
        var found = embedder.Embed(["sea sea sea sea sea sea sea sea"], Prompt)[0];
        Assert.Equal((10, 2), (found.Tokens, found.Chunks));
        int[][] pieces = [ids[..6], [.. ids[..2], .. ids[6..]]];
        var means = pieces.Select(p => Pool.Forward(Pooling.Mean, Rows(embedder, p), SmallEmbedder.Width)).ToArray();
        Numbers.Same(Pool.Forward(Pooling.Mean, [.. means.SelectMany(m => m)], SmallEmbedder.Width), found.Vector, "pieces");
    }

    private static float[] Rows(TextEmbedder embedder, int[] ids)
    {
        float[] rows = [];
        embedder.Model.Forward([ids], EncoderMethod.None, RowChoice.All, (_, found) => rows = found.ToArray());
        return rows;
    }
}
