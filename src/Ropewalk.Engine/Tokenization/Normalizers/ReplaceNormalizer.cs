using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Replaces each match of a pattern.</summary>
internal sealed class ReplaceNormalizer(PatternScanner scanner, string content) : Normalizer
{
    private bool MarksSpaces => scanner is LiteralScanner { Literal: " " } && content.Length > 0 && !content.Any(char.IsWhiteSpace);

    public override bool CutsAt(char before, char after) => MarksSpaces && before is '\n' or '\r';

    public override bool KeepsTokens => MarksSpaces;

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
