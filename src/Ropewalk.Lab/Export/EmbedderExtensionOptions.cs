using Ropewalk.Engine.Embedding;

namespace Ropewalk.Lab.Export;

/// <summary>What is asked of <see cref="EmbedderExtension"/>.</summary>
public sealed record EmbedderExtensionOptions
{
    /// <summary>A Hugging Face or sentence-transformers folder.</summary>
    public required string Model { get; init; }

    /// <summary>Tokens of the longest text to be; null for eight times the window.</summary>
    public int? Target { get; init; }

    /// <summary>One of <see cref="WritableMethod.Forms"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Folder to write, absent or empty.</summary>
    public required string Out { get; init; }

    /// <summary>How rows become a vector, where the folder does not say it.</summary>
    public Pooling? Pooling { get; init; }
}
