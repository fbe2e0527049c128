namespace Ropewalk.Engine.Tokenization;

/// <summary>Splits at the matches of a pattern.</summary>
internal sealed class SplitPreTokenizer(PatternScanner scanner, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public static SplitPreTokenizer ReadSplit(JsonField field) => new(
        PatternScanner.Read(field.Required("pattern")),
        SplitBehaviors.Read(field.Required("behavior")),
        field.BoolOr("invert", false));

    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        var stretches = new List<Stretch>();
        foreach (var piece in pieces)
        {
            stretches.Clear();
            scanner.Scan(piece.Text.Span, stretches);
            if (invert)
            {
                for (var i = 0; i < stretches.Count; i++)
                {
                    stretches[i] = stretches[i] with { IsMatch = !stretches[i].IsMatch };
                }
            }

            SplitBehaviors.Apply(behavior, stretches);
            foreach (var s in stretches.Where(s => s.End > s.Start))
            {
                result.Add(new Piece(piece.Text[s.Start..s.End], piece.AtStart && s.Start == 0));
            }
        }

        return result;
    }
}
