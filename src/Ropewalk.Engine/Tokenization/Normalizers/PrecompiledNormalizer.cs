using System.Globalization;
using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>A table of replacements as the reference applies it, which is not quite as SentencePiece does: what a reader sees as one
/// character is looked up whole if it is short (and then replaced whole, even if only its beginning was found), else its
/// characters one by one.</summary>
internal sealed class PrecompiledNormalizer(CharsMap map) : Normalizer
{
    private const int MaxWholeBytes = 5;

    public static PrecompiledNormalizer ReadPrecompiled(JsonField field)
    {
        var table = field.Required("precompiled_charsmap");
        return new PrecompiledNormalizer(new CharsMap(table.Base64(), table.File, table.Path));
    }

    public override string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var rest = text.AsSpan(at);
            var length = StringInfo.GetNextTextElementLength(rest);
            at += length;
            if (Encoding.UTF8.GetByteCount(rest[..length]) <= MaxWholeBytes && TryReplace(rest[..length], result))
            {
                continue;
            }

            foreach (var rune in rest[..length].EnumerateRunes())
            {
                var character = rune.ToString();
                if (!TryReplace(character, result))
                {
                    result.Append(character);
                }
            }
        }

        return result.ToString();
    }

    private bool TryReplace(ReadOnlySpan<char> text, StringBuilder result)
    {
        Span<byte> utf8 = stackalloc byte[MaxWholeBytes];
        var replacement = map.Match(utf8[..Encoding.UTF8.GetBytes(text, utf8)], longest: false, out var matched);
        if (matched > 0)
        {
            result.Append(Encoding.UTF8.GetString(replacement));
        }

        return matched > 0;
    }
}
