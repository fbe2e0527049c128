namespace Ropewalk.Engine.Tokenization;

/// <summary>A space before each token but the first and those that continue a word.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : TokenDecoder
{
    public static WordPieceDecoder ReadWordPiece(JsonField field) =>
        new(field.Optional("prefix")?.String() ?? "##", field.BoolOr("cleanup", true));

    public override List<string> Decode(List<string> tokens) => [.. tokens.Select((t, i) => Join(t, i == 0))];

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            piece.Become(Join(text, piece.IsFirst));
        }
    }

    private string Join(string token, bool isFirst)
    {
        var joined = isFirst ? token : token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        return cleanup ? TokenCleanup.Apply(joined) : joined;
    }
}
