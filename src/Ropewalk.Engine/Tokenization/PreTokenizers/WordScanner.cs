namespace Ropewalk.Engine.Tokenization;

/// <summary>A hand-written scanner for a pattern whose matches cover the whole text: linear time, no regular expression.</summary>
internal abstract class WordScanner : PatternScanner
{
    /// <summary>The scanner of a known pattern, recognised by its exact text, or null.</summary>
    public static WordScanner? Known(string pattern) => pattern switch
    {
        Gpt2Scanner.Pattern or Gpt2Scanner.PatternShort => new Gpt2Scanner(),
        Llama3Scanner.Llama3Pattern => new Llama3Scanner(3),
        Llama3Scanner.Qwen2Pattern => new Llama3Scanner(1),
        _ => null,
    };

    public sealed override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = WordEnd(text, at);
            stretches.Add(new Stretch(at, end, IsMatch: true));
            at = end;
        }
    }

    /// <summary>End of the word that starts at <paramref name="at"/>; always behind it.</summary>
    public abstract int WordEnd(ReadOnlySpan<char> text, int at);

    /// <summary>Length of 's 't 'm 'd 're 've 'll at <paramref name="at"/>, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<char> text, int at, bool ignoreCase)
    {
        if (text[at] != '\'' || at + 1 >= text.Length)
        {
            return 0;
        }

        var first = Fold(text[at + 1], ignoreCase);
        if (first is 's' or 't' or 'm' or 'd')
        {
            return 2;
        }

        var second = at + 2 < text.Length ? Fold(text[at + 2], ignoreCase) : '\0';
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }

    /// <summary>Upper-case ASCII and the long s, the one other character that folds to a letter of a contraction.</summary>
    private static char Fold(char c, bool ignoreCase) =>
        !ignoreCase ? c : c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c == '\u017F' ? 's' : c;
}
