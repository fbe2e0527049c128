namespace Ropewalk.Engine.Tokenization;

/// <summary>Finds all matches of a pattern, and what lies between them.</summary>
internal abstract class PatternScanner
{
    /// <summary>Appends stretches that cover <paramref name="text"/>, which is not empty, in order. Matches may be empty.</summary>
    public abstract void Scan(ReadOnlySpan<char> text, List<Stretch> stretches);

    /// <summary>Where a text can be cut that is split at the ends of all matches.</summary>
    public virtual TextCut Cuts => TextCut.Unknown;

    /// <summary>Reads a pattern: {"String": ...} or {"Regex": ...}.</summary>
    public static PatternScanner Read(JsonField pattern)
    {
        if (pattern.Kind == System.Text.Json.JsonValueKind.String)
        {
            return new LiteralScanner(pattern.String());
        }

        if (pattern.Optional("String") is { } literal)
        {
            return new LiteralScanner(literal.String());
        }

        var regex = pattern.Required("Regex");
        return WordScanner.Known(regex.String()) ?? (PatternScanner)RegexScanner.Create(regex);
    }
}
