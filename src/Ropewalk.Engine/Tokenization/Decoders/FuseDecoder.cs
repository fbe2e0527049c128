namespace Ropewalk.Engine.Tokenization;

/// <summary>Joins all tokens into one text.</summary>
internal sealed class FuseDecoder : TokenDecoder
{
    public override List<string> Decode(List<string> tokens) => [string.Concat(tokens)];

    public override void Decode(DecodePiece piece)
    {
        // A stream's pieces are joined by whoever reads them.
    }
}
