using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Lets .NET's regular expressions see characters beyond U+FFFF, which to them are two surrogates and no letter: each is
/// replaced by a rare character of the same general category before a pattern runs.</summary>
internal static class AstralStandIns
{
    /// <summary>The text to match, and for each of its characters (and its end) where it stands in the given one.</summary>
    /// <param name="text">Well-formed text.</param>
    public static (string Text, int[] Places) Replace(ReadOnlySpan<char> text)
    {
        var chars = new char[text.Length];
        var places = new int[text.Length + 1];
        var count = 0;
        for (var at = 0; at < text.Length; count++)
        {
            places[count] = at;
            if (char.IsHighSurrogate(text[at]))
            {
                chars[count] = StandIn(new Rune(text[at], text[at + 1]));
                at += 2;
            }
            else
            {
                chars[count] = text[at++];
            }
        }

        places[count] = text.Length;
        return (new string(chars, 0, count), places);
    }

    /// <summary>Yi, Vai and the like: scripts that no known pattern names.</summary>
    private static char StandIn(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        // Letters in squares: symbols that are words all the same, as are those in circles.
        UnicodeCategory.OtherSymbol when CharacterClasses.IsWord(rune) => '\u24B6',
        UnicodeCategory.UppercaseLetter => '\uA77D',
        UnicodeCategory.LowercaseLetter => '\uA77C',
        UnicodeCategory.TitlecaseLetter => '\u1FBC',
        UnicodeCategory.ModifierLetter => '\uA717',
        UnicodeCategory.OtherLetter => '\uA000',
        UnicodeCategory.NonSpacingMark => '\uA6F0',
        UnicodeCategory.SpacingCombiningMark => '\uA823',
        UnicodeCategory.EnclosingMark => '\uA670',
        UnicodeCategory.DecimalDigitNumber => '\uA620',
        UnicodeCategory.LetterNumber => '\uA6E6',
        UnicodeCategory.OtherNumber => '\uA830',
        UnicodeCategory.DashPunctuation => '\u2E3A',
        UnicodeCategory.ConnectorPunctuation => '\uFE33',
        UnicodeCategory.OpenPunctuation => '\uFE59',
        UnicodeCategory.ClosePunctuation => '\uFE5A',
        UnicodeCategory.InitialQuotePunctuation => '\u2E02',
        UnicodeCategory.FinalQuotePunctuation => '\u2E03',
        UnicodeCategory.OtherPunctuation => '\uA6F2',
        UnicodeCategory.MathSymbol => '\u2A00',
        UnicodeCategory.CurrencySymbol => '\uA838',
        UnicodeCategory.ModifierSymbol => '\uA700',
        UnicodeCategory.OtherSymbol => '\uA828',
        UnicodeCategory.Format => '\u2060',
        UnicodeCategory.PrivateUse => '\uF8FF',
        _ => '\u0378',
    };
}
