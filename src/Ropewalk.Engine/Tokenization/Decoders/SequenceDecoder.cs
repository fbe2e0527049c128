namespace Ropewalk.Engine.Tokenization;

/// <summary>One decoder after the other. Behind Fuse all tokens are one text, of which a stream sees the pieces.</summary>
internal sealed class SequenceDecoder(TokenDecoder[] steps) : TokenDecoder
{
    public static SequenceDecoder ReadSequence(JsonField field) => Of([.. field.Required("decoders").Items().Select(Read)]);

    public static SequenceDecoder Of(TokenDecoder[] steps)
    {
        var fused = false;
        foreach (var step in steps)
        {
            fused |= step is FuseDecoder;
            if (step is StripDecoder strip)
            {
                strip.OfWholeText = fused;
            }
        }

        return new SequenceDecoder(steps);
    }

    public override List<string> Decode(List<string> tokens) => steps.Aggregate(tokens, (t, step) => step.Decode(t));

    public override void Decode(DecodePiece piece)
    {
        foreach (var step in steps)
        {
            step.Decode(piece);
        }
    }
}
