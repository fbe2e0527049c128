using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Splits by GPT-2's pattern (unless told not to) and writes each piece's UTF-8 bytes in the byte alphabet.</summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private readonly Gpt2Scanner _scanner = new();

    public static ByteLevelPreTokenizer ReadByteLevel(JsonField field) =>
        new(field.BoolOr("add_prefix_space", true), field.BoolOr("use_regex", true));

    public override TextCut Cuts => useRegex ? _scanner.Cuts : TextCut.Elsewhere;

    public override bool AddsPrefix => addPrefixSpace;

    /// <summary>The scanner of GPT-2's pattern, or null where something else cuts the words.</summary>
    public Gpt2Scanner? Scanner => useRegex ? _scanner : null;

    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        var stretches = new List<Stretch>();
        foreach (var piece in pieces)
        {
            var text = addPrefixSpace && !piece.Continues && piece.Text.Span[0] != ' ' ? (" " + piece.Text.ToString()).AsMemory() : piece.Text;
            stretches.Clear();
            if (useRegex)
            {
                _scanner.Scan(text.Span, stretches);
            }
            else
            {
                stretches.Add(new Stretch(0, text.Length, IsMatch: true));
            }

            // One buffer for the whole piece, of which the words are slices.
            var mapped = new char[Encoding.UTF8.GetByteCount(text.Span)];
            var end = 0;
            foreach (var s in stretches)
            {
                var start = end;
                end += ByteAlphabet.Map(text.Span[s.Start..s.End], mapped.AsSpan(start));
                result.Add(new Piece(mapped.AsMemory(start, end - start), piece.AtStart && s.Start == 0, piece.Continues && s.Start == 0 && !useRegex));
            }
        }

        return result;
    }
}
