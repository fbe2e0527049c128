using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>BERT's steps: control characters go and white space becomes a space, Chinese characters get space around them, accents go,
/// lower case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChinese, bool stripAccents, bool lowercase) : Normalizer
{
    private static readonly UnicodeNormalizer Decompose = new(compatibility: false, compose: false);
    private static readonly LowercaseNormalizer Lowercase = new();

    /// <summary>strip_accents null means: where the text is lowercased, too.</summary>
    public static BertNormalizer ReadBert(JsonField field)
    {
        var lowercase = field.BoolOr("lowercase", true);
        return new BertNormalizer(
            field.BoolOr("clean_text", true), field.BoolOr("handle_chinese_chars", true), field.BoolOr("strip_accents", lowercase), lowercase);
    }

    public override string Normalize(string text)
    {
        if (cleanText || handleChinese)
        {
            text = Clean(text);
        }

        if (stripAccents)
        {
            text = StripAccentsNormalizer.Without(Decompose.Normalize(text), CharacterClasses.IsNonspacingMark);
        }

        return lowercase ? Lowercase.Normalize(text) : text;
    }

    private string Clean(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (cleanText && CharacterClasses.IsRemoved(rune))
            {
                continue;
            }

            if (cleanText && Rune.IsWhiteSpace(rune))
            {
                result.Append(' ');
            }
            else if (handleChinese && IsChinese(rune.Value))
            {
                result.Append(' ').Append(rune.ToString()).Append(' ');
            }
            else
            {
                result.Append(rune.ToString());
            }
        }

        return result.ToString();
    }

    /// <summary>The ideographs that BERT's authors list; 2B920 stands in the reference (and in llama.cpp) for their 2B820.</summary>
    private static bool IsChinese(int point) => point
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B81F)
        or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
