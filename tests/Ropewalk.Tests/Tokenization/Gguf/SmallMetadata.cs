using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Tests.Tokenization.Gguf;

/// <summary>Tokenizers in metadata, small enough to write down.</summary>
internal static class SmallMetadata
{
    /// <summary>SentencePiece's kind: unknown, begin, end, 256 bytes, then a, b, ab and the marker.</summary>
    public static GgufMetadata Pieces()
    {
        string[] tokens = ["<unk>", "<s>", "</s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "a", "b", "ab", "\u2581"];
        var metadata = new GgufMetadata("small.gguf");
        metadata.Set("tokenizer.ggml.model", "llama");
        metadata.Set("tokenizer.ggml.tokens", tokens);
        metadata.Set("tokenizer.ggml.scores", tokens.Select((_, i) => -(float)i).ToArray());
        metadata.Set("tokenizer.ggml.token_type", tokens.Select((_, i) => i switch { 0 => 2, < 3 => 3, < 259 => 6, _ => 1 }).ToArray());
        return metadata;
    }

    /// <summary>GPT-2's kind: a, b, c, ab and abc.</summary>
    public static GgufMetadata ByteLevel()
    {
        var metadata = new GgufMetadata("small.gguf");
        metadata.Set("tokenizer.ggml.model", "gpt2");
        metadata.Set("tokenizer.ggml.pre", "gpt-2");
        metadata.Set("tokenizer.ggml.tokens", new[] { "a", "b", "c", "ab", "abc" });
        metadata.Set("tokenizer.ggml.merges", new[] { "a b", "ab c" });
        return metadata;
    }

    /// <summary>A copy without one key.</summary>
    public static GgufMetadata Without(this GgufMetadata metadata, string key)
    {
        var copy = new GgufMetadata(metadata.File);
        foreach (var other in metadata.Keys.Where(k => k != key))
        {
            Assert.True(metadata.TryGet(other, out var value));
            copy.Set(other, value);
        }

        return copy;
    }
}
