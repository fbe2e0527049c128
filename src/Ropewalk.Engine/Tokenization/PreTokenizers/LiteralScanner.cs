namespace Ropewalk.Engine.Tokenization;

/// <summary>Matches a fixed text.</summary>
internal sealed class LiteralScanner(string literal) : PatternScanner
{
    /// <summary>The text; an empty one matches nowhere.</summary>
    public string Literal => literal;

    public override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        var at = 0;
        while (literal.Length > 0 && text[at..].IndexOf(literal, StringComparison.Ordinal) is var step and >= 0)
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
}
