using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>What SentencePiece does to a text before it is cut: replacements (the longest that fits, from left to right), spaces at the
/// ends and in runs, a space before the text, U+2581 for spaces. User-defined pieces are passed over.</summary>
internal sealed class SentencePieceNormalizer : Normalizer
{
    private const char Marker = '\u2581';

    private readonly CharsMap? _map;
    private readonly PieceTrie _kept;
    private readonly bool _addDummyPrefix;
    private readonly bool _removeExtraSpaces;
    private readonly char _space;

    public SentencePieceNormalizer(SentencePieceFile file)
    {
        _map = file.CharsMap;
        _kept = new PieceTrie(
            file.Pieces.Select((p, id) => (p.Text, id)).Where(p => file.Pieces[p.id].Type == SentencePieceType.UserDefined), file.File, "pieces");
        _addDummyPrefix = file.AddDummyPrefix;
        _removeExtraSpaces = file.RemoveExtraSpaces;
        _space = file.EscapeSpaces ? Marker : ' ';
    }

    public override string Normalize(string text)
    {
        var result = new StringBuilder(text.Length + 1);
        var rest = text.AsSpan();
        var utf8 = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, utf8);
        var at = 0;
        var afterSpace = _removeExtraSpaces;
        var isBlank = true;
        while (rest.Length > 0)
        {
            var part = Step(rest, utf8.AsSpan(at), out var length);
            at += Encoding.UTF8.GetByteCount(rest[..length]);
            rest = rest[length..];
            if (isBlank && _removeExtraSpaces && part == " ")
            {
                continue;
            }

            if (isBlank && _addDummyPrefix)
            {
                result.Append(_space);
            }

            isBlank = false;
            var shown = afterSpace ? part.AsSpan().TrimStart(' ') : part;
            if (shown.Length > 0)
            {
                var from = result.Length;
                result.Append(shown).Replace(' ', _space, from, shown.Length);
                afterSpace = _removeExtraSpaces && shown[^1] == ' ';
            }
        }

        while (_removeExtraSpaces && result.Length > 0 && result[^1] == _space)
        {
            result.Length--;
        }

        return result.ToString();
    }

    /// <summary>Looked for in the normalised text as they are.</summary>
    public override string NormalizeToken(string content) => content;

    /// <summary>What the next characters become.</summary>
    private string Step(ReadOnlySpan<char> text, ReadOnlySpan<byte> utf8, out int length)
    {
        if (_kept.Longest(text, PieceTrie.Root, out length) >= 0)
        {
            return text[..length].ToString();
        }

        if (_map is not null)
        {
            var replacement = _map.Match(utf8, longest: true, out var bytes);
            if (bytes > 0 && (bytes == utf8.Length || (utf8[bytes] & 0xC0) != 0x80))
            {
                // A table that ends inside a character is damaged there, and passed over.
                length = Encoding.UTF8.GetCharCount(utf8[..bytes]);
                return Encoding.UTF8.GetString(replacement);
            }
        }

        length = char.IsHighSurrogate(text[0]) ? 2 : 1;
        return text[..length].ToString();
    }
}
