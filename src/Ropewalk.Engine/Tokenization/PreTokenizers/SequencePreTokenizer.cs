namespace Ropewalk.Engine.Tokenization;

/// <summary>One pre-tokenizer after the other.</summary>
internal sealed class SequencePreTokenizer(PreTokenizer[] steps) : PreTokenizer
{
    public override List<Piece> Split(List<Piece> pieces)
    {
        foreach (var step in steps)
        {
            pieces = step.Split(pieces);
        }

        return pieces;
    }
}
