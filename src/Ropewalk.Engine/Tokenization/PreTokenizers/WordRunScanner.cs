using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Matches runs of word characters, and runs of what is neither a word character nor white space.</summary>
internal sealed class WordRunScanner : PatternScanner
{
    private enum Kind
    {
        Space,
        Word,
        Other,
    }

    public override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            var kind = KindAt(text, at, out var length);
            do
            {
                at += length;
            }
            while (at < text.Length && KindAt(text, at, out length) == kind);
            stretches.Add(new Stretch(start, at, IsMatch: kind != Kind.Space));
        }
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text[at..], out var rune, out length);
        return Rune.IsWhiteSpace(rune) ? Kind.Space : CharacterClasses.IsWord(rune) ? Kind.Word : Kind.Other;
    }
}
