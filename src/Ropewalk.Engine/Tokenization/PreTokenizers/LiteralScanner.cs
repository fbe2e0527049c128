namespace Ropewalk.Engine.Tokenization;

/// <summary>Matches a fixed text.</summary>
internal sealed class LiteralScanner(string literal) : PatternScanner
{
    /// <summary>The text; an empty one matches between any two characters, and at both ends.</summary>
    public string Literal => literal;

    public override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        if (literal.Length == 0)
        {
            ScanEmpty(text, stretches);
            return;
        }

        var at = 0;
        while (text[at..].IndexOf(literal, StringComparison.Ordinal) is var step and >= 0)
        {
            if (step > 0)
            {
                stretches.Add(new Stretch(at, at + step, IsMatch: false));
            }

            stretches.Add(new Stretch(at + step, at + step + literal.Length, IsMatch: true));
            at += step + literal.Length;
        }

        if (at < text.Length)
        {
            stretches.Add(new Stretch(at, text.Length, IsMatch: false));
        }
    }

    private static void ScanEmpty(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = at + (char.IsHighSurrogate(text[at]) ? 2 : 1);
            stretches.Add(new Stretch(at, at, IsMatch: true));
            stretches.Add(new Stretch(at, end, IsMatch: false));
            at = end;
        }

        stretches.Add(new Stretch(text.Length, text.Length, IsMatch: true));
    }
}
