namespace Ropewalk.Engine.Embedding;

/// <summary>Texts as ids for measurements at one length. Embedding never cuts a text; a search that judges positions has to make its documents as long
/// as the window.</summary>
public static class ClippedText
{
    /// <summary>Prompt and text between the special tokens, cut after so many tokens in all.</summary>
    /// <param name="embedder">Whose tokenizer and pooling.</param>
    /// <param name="prompt">Put before the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="maxTokens">Tokens at most, special tokens included; more than those.</param>
    /// <param name="isCut">Whether there were more.</param>
    public static int[] Tokens(TextEmbedder embedder, string prompt, string text, int maxTokens, out bool isCut)
    {
        ArgumentNullException.ThrowIfNull(embedder);
        var tokenizer = embedder.Tokenizer;
        var frame = tokenizer.Parts.Frame;

        // As the embedder itself does: the row of the last token is that of the end of the text.
        int[] end = embedder.Pooling == Pooling.Last && frame.Suffix.Length == 0 ? [tokenizer.EosToken!.Value] : frame.Suffix;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxTokens, frame.Prefix.Length + end.Length);
        var body = tokenizer.Encode(prompt + text, addSpecialTokens: false);
        var room = maxTokens - frame.Prefix.Length - end.Length;
        isCut = body.Length > room;
        return [.. frame.Prefix, .. body.AsSpan(0, Math.Min(body.Length, room)), .. end];
    }
}
