namespace Ropewalk.Engine.Tokenization;

/// <summary>The suffix that marks the end of a word becomes a space; the last token's goes.</summary>
internal sealed class BytePairDecoder(string suffix) : TokenDecoder
{
    public static BytePairDecoder ReadBytePair(JsonField field) => new(field.Optional("suffix")?.String() ?? "</w>");

    public override List<string> Decode(List<string> tokens) => [.. tokens.Select((t, i) => Replace(t, i == tokens.Count - 1 ? "" : " "))];

    /// <summary>A stream does not know which token is its last, so that the space comes with the token behind it. (A token with
    /// the suffix elsewhere than at its end, which no training makes, loses a space.)</summary>
    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            var space = suffix.Length > 0 && piece.Previous?.EndsWith(suffix, StringComparison.Ordinal) == true ? " " : "";
            piece.Become(space + Replace(text, ""));
        }
    }

    private string Replace(string token, string replacement) =>
        suffix.Length == 0 ? token : token.Replace(suffix, replacement, StringComparison.Ordinal);
}
