namespace Ropewalk.Engine.Tokenization;

/// <summary>Splits at the matches of a pattern.</summary>
internal sealed class SplitPreTokenizer(PatternScanner scanner, SplitBehavior behavior, bool invert = false) : PreTokenizer
{
    public static SplitPreTokenizer ReadSplit(JsonField field) => new(
        PatternScanner.Read(field.Required("pattern")),
        SplitBehaviors.Read(field.Required("behavior")),
        field.BoolOr("invert", false));

    public override TextCut Cuts => (behavior, scanner.Cuts) switch
    {
        (SplitBehavior.Isolated or SplitBehavior.Removed, var cuts) => cuts,
        (SplitBehavior.Contiguous, TextCut.Elsewhere) => TextCut.Elsewhere,
        _ => TextCut.Unknown,
    };

    /// <summary>The scanner, where each of its matches is a word and nothing lies between; else null.</summary>
    public WordScanner? Words => behavior == SplitBehavior.Isolated || (behavior == SplitBehavior.Removed && invert) ? scanner as WordScanner : null;

    /// <summary>Appends the pieces of <paramref name="text"/>; <paramref name="stretches"/> is empty before.</summary>
    public void Cut(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        scanner.Scan(text, stretches);
        if (invert)
        {
            for (var i = 0; i < stretches.Count; i++)
            {
                stretches[i] = stretches[i] with { IsMatch = !stretches[i].IsMatch };
            }
        }

        SplitBehaviors.Apply(behavior, stretches);

        // A pattern may match nothing between two characters: a place to cut, but no piece.
        stretches.RemoveAll(s => s.End <= s.Start);
    }

    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        var stretches = new List<Stretch>();
        foreach (var piece in pieces)
        {
            stretches.Clear();
            Cut(piece.Text.Span, stretches);
            foreach (var s in stretches)
            {
                result.Add(new Piece(piece.Text[s.Start..s.End], piece.AtStart && s.Start == 0, piece.Continues && s.Start == 0 && Cuts == TextCut.Elsewhere));
            }
        }

        return result;
    }
}
