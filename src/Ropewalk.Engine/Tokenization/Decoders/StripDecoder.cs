namespace Ropewalk.Engine.Tokenization;

/// <summary>Removes up to a number of characters, where they are a given one, from the ends of each token (or, behind
/// Fuse, of the text).</summary>
internal sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    /// <summary>Whether the tokens have been joined before: then a stream strips its first piece only.</summary>
    public bool OfWholeText { get; set; }

    public static StripDecoder ReadStrip(JsonField field)
    {
        var content = field.Required("content");
        return content.String() is { Length: 1 } text
            ? new StripDecoder(text[0], Count(field.Required("start")), Count(field.Required("stop")))
            : throw content.Error("one character up to U+FFFF");
    }

    public override List<string> Decode(List<string> tokens) => tokens.ConvertAll(t => Strip(t, stop));

    public override void Decode(DecodePiece piece)
    {
        if (piece.Text is { } text && (!OfWholeText || piece.IsFirst))
        {
            piece.Become(Strip(text, OfWholeText ? 0 : stop));
        }
    }

    private static int Count(JsonField field) => field.Int() is var n and >= 0 ? n : throw field.Error("0 or more");

    private string Strip(string text, int fromEnd)
    {
        var first = 0;
        while (first < start && first < text.Length && text[first] == content)
        {
            first++;
        }

        var last = text.Length;
        while (text.Length - last < fromEnd && last > first && text[last - 1] == content)
        {
            last--;
        }

        return text[first..last];
    }
}
