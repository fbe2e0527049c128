namespace Ropewalk.Engine.Tokenization;

/// <summary>For models that give a token for each stretch of time: repeated tokens count once, padding separates them and goes.</summary>
internal sealed class CtcDecoder(string padding, string delimiter, bool cleanup) : TokenDecoder
{
    public static CtcDecoder ReadCtc(JsonField field) => new(
        field.Optional("pad_token")?.String() ?? "<pad>",
        field.Optional("word_delimiter_token")?.String() ?? "|",
        field.BoolOr("cleanup", true));

    public override List<string> Decode(List<string> tokens) =>
        [.. tokens.Where((t, i) => i == 0 || t != tokens[i - 1]).Select(Clean).Where(t => t.Length > 0)];

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text)
        {
            piece.Become(text == piece.Previous ? "" : Clean(text));
        }
    }

    private string Clean(string token)
    {
        var text = Replace(token, padding, "");
        return cleanup ? Replace(TokenCleanup.Apply(text), delimiter, " ") : text;
    }

    private static string Replace(string text, string from, string to) =>
        from.Length == 0 ? text : text.Replace(from, to, StringComparison.Ordinal);
}
