namespace Ropewalk.Engine.Embedding;

/// <summary>One text's vector.</summary>
/// <param name="Vector">D numbers.</param>
/// <param name="Tokens">Tokens of the text as it is, with the prompt and one frame of special tokens.</param>
/// <param name="Chunks">Pieces that it went through the model in; 1 for a text that fits.</param>
public sealed record EmbeddedText(float[] Vector, int Tokens, int Chunks)
{
    /// <summary>Tokens at the text's end that were not read because so many were not to be kept; 0 for a whole text.</summary>
    public int LeftOut { get; init; }
}
