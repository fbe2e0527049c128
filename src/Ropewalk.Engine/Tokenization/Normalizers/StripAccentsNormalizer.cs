using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Removes marks. Decomposes nothing: that is another normalizer's work.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override string Normalize(string text) => Without(text, CharacterClasses.IsMark);

    /// <summary>The text without the characters of a class, none of which is below U+0300.</summary>
    public static string Without(string text, Func<Rune, bool> isRemoved)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u02FF') < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!isRemoved(rune))
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }
}
