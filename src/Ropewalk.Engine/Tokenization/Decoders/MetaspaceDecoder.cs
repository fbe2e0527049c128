namespace Ropewalk.Engine.Tokenization;

/// <summary>Turns the marker back into spaces; the first token's are those that the pre-tokenizer put there.</summary>
internal sealed class MetaspaceDecoder(char marker, PrependScheme scheme) : TokenDecoder
{
    public static MetaspaceDecoder ReadMetaspace(JsonField field)
    {
        var (marker, scheme) = MetaspacePreTokenizer.ReadMarker(field);
        return new MetaspaceDecoder(marker, scheme);
    }

    public override List<string> Decode(List<string> tokens) => [.. tokens.Select((t, i) => Spaces(t, i == 0))];

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            piece.Become(Spaces(text, piece.IsFirst));
        }
    }

    private string Spaces(string token, bool isFirst) =>
        isFirst && scheme != PrependScheme.Never ? token.Replace(marker.ToString(), "") : token.Replace(marker, ' ');
}
