namespace Ropewalk.Engine.Tokenization;

/// <summary>Stretches of a text in which special tokens are not looked for.</summary>
internal static class LiteralRanges
{
    /// <summary>The parts of the ranges that lie between two offsets, counted from the first.</summary>
    public static TextRange[] Within(ReadOnlySpan<TextRange> ranges, int start, int end)
    {
        var inside = new List<TextRange>();
        foreach (var range in ranges)
        {
            if (range.Start >= end)
            {
                break;
            }

            if (range.End > start)
            {
                inside.Add(new TextRange(Math.Max(range.Start, start) - start, Math.Min(range.End, end) - start));
            }
        }

        return [.. inside];
    }

    /// <summary>Where the ranges lie once the text is normalised; null where that cannot be told, since characters grew together over an
    /// edge of a range.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ranges">The ranges.</param>
    /// <param name="normalize">The normaliser. What it does may depend on where a text starts, so each stretch is normalised behind a
    /// letter that stays itself, but for the first.</param>
    /// <param name="normalized">The whole text normalised.</param>
    public static TextRange[]? Normalized(string text, TextRange[] ranges, Func<string, string> normalize, string normalized)
    {
        const string Letter = "x";
        var prefix = normalize(Letter);
        var moved = new TextRange[ranges.Length];
        var (done, at) = (0, 0);
        if (!prefix.EndsWith(Letter, StringComparison.Ordinal))
        {
            return null;
        }

        bool MoveTo(int offset)
        {
            if (offset > done)
            {
                var part = done == 0 ? normalize(text[..offset]) : normalize(Letter + text[done..offset]);
                var behind = done == 0 ? 0 : prefix.Length;
                if (part.Length < behind || !normalized.AsSpan(at).StartsWith(part.AsSpan(behind), StringComparison.Ordinal))
                {
                    return false;
                }

                at += part.Length - behind;
                done = offset;
            }

            return true;
        }

        for (var i = 0; i < ranges.Length; i++)
        {
            if (!MoveTo(ranges[i].Start))
            {
                return null;
            }

            var start = at;
            if (!MoveTo(ranges[i].End))
            {
                return null;
            }

            moved[i] = new TextRange(start, at);
        }

        return MoveTo(text.Length) && at == normalized.Length ? moved : null;
    }
}
