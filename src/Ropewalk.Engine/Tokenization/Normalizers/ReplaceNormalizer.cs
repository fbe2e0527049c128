using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Replaces each match of a pattern.</summary>
internal sealed class ReplaceNormalizer(PatternScanner scanner, string content) : Normalizer
{
    public override string Normalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        if (scanner is LiteralScanner { Literal.Length: > 0 } literal)
        {
            return text.Replace(literal.Literal, content, StringComparison.Ordinal);
        }

        var stretches = new List<Stretch>();
        scanner.Scan(text, stretches);
        var result = new StringBuilder(text.Length);
        foreach (var s in stretches)
        {
            _ = s.IsMatch ? result.Append(content) : result.Append(text, s.Start, s.End - s.Start);
        }

        return result.ToString();
    }
}
