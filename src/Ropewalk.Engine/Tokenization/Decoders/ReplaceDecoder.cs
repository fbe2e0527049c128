namespace Ropewalk.Engine.Tokenization;

/// <summary>Replaces a pattern in each token.</summary>
internal sealed class ReplaceDecoder(ReplaceNormalizer replace) : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) => tokens.ConvertAll(replace.Normalize);

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            piece.Become(replace.Normalize(text));
        }
    }
}
