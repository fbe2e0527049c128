namespace Ropewalk.Engine.Tokenization;

/// <summary>Finds places where a long text can be cut so that its parts, encoded one after the other, give the ids of the whole.</summary>
/// <remarks>Always at the end of a line: before its white space or behind its last line break, as the pre-tokenizer needs it. No added
/// token may touch the place, since it could swallow the space there, or begin a text of its own.</remarks>
internal sealed class TextCutter
{
    private readonly TokenizerParts _parts;
    private readonly TextCut _rule;
    private readonly bool _checksModel;
    private readonly bool _addsPrefix;
    private readonly HashSet<(char, char)> _inside = [];
    private readonly ILookup<char, string> _starts;
    private readonly ILookup<char, string> _ends;
    private readonly int _longest;

    private TextCutter(TokenizerParts parts, TextCut rule, bool checksModel)
    {
        _parts = parts;
        _rule = rule;
        _checksModel = checksModel;
        _addsPrefix = AddsPrefix(parts);
        foreach (var token in parts.AddedTokens)
        {
            for (var i = 1; i < token.Content.Length; i++)
            {
                _inside.Add((Fold(token.Content[i - 1]), Fold(token.Content[i])));
            }
        }

        var texts = parts.AddedTokens.Where(t => t.Content.Length > 0).ToArray();
        _starts = texts.Where(t => t.LeftStrip || t.SingleWord).Select(t => t.Content).ToLookup(t => Fold(t[0]));
        _ends = texts.Where(t => t.RightStrip || t.SingleWord || _addsPrefix).Select(t => t.Content).ToLookup(t => Fold(t[^1]));
        _longest = texts.Select(t => t.Content.Length).DefaultIfEmpty().Max();
    }

    /// <summary>The cutter for a tokenizer, or null where no exact place is known.</summary>
    public static TextCutter? Create(TokenizerParts parts)
    {
        var rule = parts.PreTokenizer?.Cuts ?? TextCut.Elsewhere;
        var matters = AddsPrefix(parts);

        // A normalised token may come from other characters than its own, which nobody looks for here.
        var hidden = parts.Normalizer is { KeepsTokens: false }
            && parts.AddedTokens.Exists(t => t.Normalized && (matters || t.LeftStrip || t.RightStrip || t.SingleWord || t.Content.Any(char.IsWhiteSpace)));
        return rule == TextCut.Unknown || hidden ? null
            : new TextCutter(parts, rule == TextCut.Elsewhere ? TextCut.AfterLineBreak : rule, checksModel: rule == TextCut.Elsewhere);
    }

    /// <summary>The last place in a text of which more follows, or 0. Linear in the length of the text.</summary>
    public int Last(ReadOnlySpan<char> text)
    {
        for (var end = text.Length; end > 0;)
        {
            var line = text[..end].LastIndexOfAny('\n', '\r');
            if (line < 0)
            {
                return 0;
            }

            // Each run of white space is looked at once, whatever its length.
            var start = line;
            while (start > 0 && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            var place = _rule == TextCut.BeforeSpace ? start : line + 1;
            if (place > 0 && place < text.Length && IsExact(text, place))
            {
                return place;
            }

            end = start;
        }

        return 0;
    }

    private static bool AddsPrefix(TokenizerParts parts) =>
        parts.PreTokenizer is { AddsPrefix: true } || (parts.Normalizer is { } normalizer && normalizer.Rest != normalizer);

    private static char Fold(char c) => char.ToLowerInvariant(c);

    private bool IsExact(ReadOnlySpan<char> text, int place)
    {
        var (before, after) = (text[place - 1], text[place]);
        var behind = text[place..].TrimStart();

        // What follows the white space has to be seen: more line breaks would move the place, a token would take the space. A slash
        // may belong to the punctuation before the line break (gpt-4o's pattern).
        return behind.Length > _longest && (_rule == TextCut.BeforeSpace || after != '/')
            && !char.IsLowSurrogate(after) && !_inside.Contains((Fold(before), Fold(after)))
            && _parts.Normalizer?.CutsAt(before, after) != false
            && !EndsWithToken(text[..place]) && !EndsWithToken(text[..place].TrimEnd())
            && !StartsWithToken(text[place..]) && !StartsWithToken(behind)
            && (!_checksModel || IsApart(before, char.IsHighSurrogate(after) ? text.Slice(place, 2) : text.Slice(place, 1)));
    }

    private bool EndsWithToken(ReadOnlySpan<char> text)
    {
        if (text.Length > 0)
        {
            foreach (var token in _ends[Fold(text[^1])])
            {
                if (text.EndsWith(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private bool StartsWithToken(ReadOnlySpan<char> text)
    {
        foreach (var token in _starts[Fold(text[0])])
        {
            if (text.StartsWith(token, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the model keeps a line break and what follows apart, in the form in which they reach it.</summary>
    private bool IsApart(char before, ReadOnlySpan<char> after)
    {
        var text = $"{before}{after}";
        text = _parts.Normalizer is { } normalizer ? normalizer.Rest?.Normalize(text) ?? text : text;
        var piece = new Piece(text.AsMemory(), AtStart: false, Continues: true);
        var pieces = _parts.PreTokenizer?.Split([piece]) ?? [piece];
        return pieces is [{ Text.Length: 1 }, _, ..]
            || (pieces is [{ Text: var joined }, ..] && joined.Length > 1 && !_parts.Model.MayJoin(joined.Span[0], joined.Span[1]));
    }
}
