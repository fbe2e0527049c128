using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Matches each single character of a class: one of <see cref="CharacterClasses"/>.</summary>
internal sealed class CharacterScanner(Func<Rune, bool> isMatch) : PatternScanner
{
    /// <summary>All white space cuts, or none does; a class with some of it is nobody's.</summary>
    public override TextCut Cuts { get; } = Spaces.All(isMatch) ? TextCut.BeforeSpace : Spaces.Any(isMatch) ? TextCut.Unknown : TextCut.Elsewhere;

    private static IEnumerable<Rune> Spaces => Enumerable.Range(0, 0x10000).Where(c => char.IsWhiteSpace((char)c)).Select(c => new Rune(c));

    public override void Scan(ReadOnlySpan<char> text, List<Stretch> stretches)
    {
        var done = 0;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var length);
            if (isMatch(rune))
            {
                if (at > done)
                {
                    stretches.Add(new Stretch(done, at, IsMatch: false));
                }

                stretches.Add(new Stretch(at, at + length, IsMatch: true));
                done = at + length;
            }

            at += length;
        }

        if (done < text.Length)
        {
            stretches.Add(new Stretch(done, text.Length, IsMatch: false));
        }
    }
}
