namespace Ropewalk.Lab.Retrieval;

/// <summary>A real text. The needle goes between two sentences, at the place nearest to the depth; the text goes on after it where it stopped.</summary>
/// <param name="text">The text.</param>
public sealed class TextHaystack(string text) : IHaystack
{
    /// <inheritdoc />
    public int Available => text.Length;

    /// <inheritdoc />
    public int Granularity => 1;

    /// <summary>The text from a random sentence on, its beginning after its end.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="place">0 .. 1: which sentence.</param>
    public static TextHaystack From(string text, double place)
    {
        var start = SentenceEnd(text, text.Length, (int)(place * text.Length));
        return new TextHaystack(start == 0 || start == text.Length ? text : text[start..].TrimStart() + "\n" + text[..start]);
    }

    /// <inheritdoc />
    public (string Text, int NeedleAt) Hide(string needle, int characters, double depth)
    {
        // Half of a surrogate pair is no text.
        var end = characters > 0 && characters < text.Length && char.IsHighSurrogate(text[characters - 1]) ? characters - 1 : characters;
        var at = SentenceEnd(text, end, (int)Math.Round(end * depth));
        return at == 0 ? ($"{needle}\n{text.AsSpan(0, end)}", 0) : ($"{text.AsSpan(0, at)}\n{needle}{text.AsSpan(at, end - at)}", at + 1);
    }

    /// <summary>The end of a sentence nearest to a place, within the first <paramref name="end"/> characters; both ends of them count as such.</summary>
    private static int SentenceEnd(string text, int end, int place)
    {
        for (var distance = 0; ; distance++)
        {
            if (place - distance >= 0 && IsEnd(text, end, place - distance))
            {
                return place - distance;
            }

            if (place + distance <= end && IsEnd(text, end, place + distance))
            {
                return place + distance;
            }
        }
    }

    private static bool IsEnd(string text, int end, int at)
    {
        if (at == 0 || at == end)
        {
            return true;
        }

        var last = text[at - 1] is '"' or '\'' or ')' && at > 1 ? text[at - 2] : text[at - 1];
        return char.IsWhiteSpace(text[at]) && last is '.' or '!' or '?';
    }
}
