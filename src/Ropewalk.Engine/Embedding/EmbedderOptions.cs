using Ropewalk.Engine.Models.Encoders;

namespace Ropewalk.Engine.Embedding;

/// <summary>What the user says about an embedder that its folder does not, or says otherwise.</summary>
public sealed record EmbedderOptions
{
    /// <summary>How rows become a vector; it has to be what the folder says, where that says it.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Whether vectors are divided by their length; null for what the folder says.</summary>
    public bool? Normalizes { get; init; }

    /// <summary>Tokens of the longest text, special tokens included; null for what the folder and the method say.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Makes the method once the model is known; null for none.</summary>
    public Func<TextEncoder, EncoderMethod>? Method { get; init; }

    /// <summary>Whether a longer text is cut into overlapping pieces whose vectors are averaged. Without it such a text is an error.</summary>
    public bool Chunks { get; init; }

    /// <summary>Tokens of a text that are read, prompt and special tokens included; what comes after them is left out, and <see cref="EmbeddedText.LeftOut"/> tells
    /// how much. Without <see cref="Chunks"/> never more than the window. Null for whole texts.</summary>
    public int? KeptTokens { get; init; }

    /// <summary>Tokens that go through the model at once: so many, or one text that is longer.</summary>
    public int BatchTokens { get; init; } = 4096;
}
