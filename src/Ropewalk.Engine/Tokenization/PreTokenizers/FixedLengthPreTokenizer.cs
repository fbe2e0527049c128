namespace Ropewalk.Engine.Tokenization;

/// <summary>Cuts into words of a number of characters.</summary>
internal sealed class FixedLengthPreTokenizer(int length) : PreTokenizer
{
    private const int Default = 5;

    public static FixedLengthPreTokenizer ReadFixedLength(JsonField field) => field.Optional("length") is not { } length
        ? new FixedLengthPreTokenizer(Default)
        : length.Int() is var n and > 0 ? new FixedLengthPreTokenizer(n) : throw length.Error("1 or more");

    public override List<Piece> Split(List<Piece> pieces)
    {
        var result = new List<Piece>();
        foreach (var piece in pieces)
        {
            var text = piece.Text.Span;
            for (var at = 0; at < text.Length;)
            {
                var start = at;
                for (var n = 0; n < length && at < text.Length; n++)
                {
                    at += char.IsHighSurrogate(text[at]) ? 2 : 1;
                }

                result.Add(new Piece(piece.Text[start..at], piece.AtStart && start == 0));
            }
        }

        return result;
    }
}
