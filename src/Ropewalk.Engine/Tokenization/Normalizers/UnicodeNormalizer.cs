using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>NFC, NFD, NFKC and NFKD. Own code, because .NET returns the text as it is when it runs without the
/// system's culture data, as this program does everywhere.</summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : Normalizer
{
    private readonly bool[] _stable = BuildStable(compatibility, compose);

    /// <summary>Nothing combines with a line break before it, nor with ASCII; white space stays white space, but a compatible form may
    /// begin or end with a space.</summary>
    public override bool CutsAt(char before, char after) => !compatibility || before is '\n' or '\r' || (char.IsAscii(before) && char.IsAscii(after));

    public override string Normalize(string text)
    {
        var at = NextUnstable(text, 0);
        if (at == text.Length)
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        var points = new List<int>();
        var done = 0;
        while (at < text.Length)
        {
            // From the stable character before, which may take what follows, up to the next one, which takes part in nothing before it.
            var start = at > done ? at - 1 : at;
            start -= start > done && char.IsLowSurrogate(text[start]) ? 1 : 0;
            var end = at;
            while (end < text.Length && !_stable[text[end]])
            {
                end++;
            }

            result.Append(text, done, start - done);
            NormalizePart(text.AsSpan(start, end - start), points, result);
            done = end;
            at = NextUnstable(text, end);
        }

        return result.Append(text, done, text.Length - done).ToString();
    }

    private int NextUnstable(string text, int from)
    {
        var at = from;
        while (at < text.Length && _stable[text[at]])
        {
            at++;
        }

        return at;
    }

    private void NormalizePart(ReadOnlySpan<char> text, List<int> points, StringBuilder result)
    {
        points.Clear();
        foreach (var rune in text.EnumerateRunes())
        {
            UnicodeData.Decompose(rune.Value, compatibility, points);
        }

        Order(points);
        if (compose)
        {
            Compose(points);
        }

        Span<char> chars = stackalloc char[2];
        foreach (var point in points)
        {
            result.Append(chars[..new Rune(point).EncodeToUtf16(chars)]);
        }
    }

    /// <summary>Which characters up to U+FFFF are starters that stay what they are and never join with what is before them. Halves of
    /// pairs are not, so that the characters beyond go the long way.</summary>
    private static bool[] BuildStable(bool compatibility, bool compose)
    {
        var stable = new bool[0x10000];
        var points = new List<int>();
        for (var c = 0; c < stable.Length; c++)
        {
            points.Clear();
            if (!char.IsSurrogate((char)c) && UnicodeData.CombiningClass(c) == 0 && !UnicodeData.JoinsBefore(c))
            {
                UnicodeData.Decompose(c, compatibility, points);
                if (compose)
                {
                    Compose(points);
                }
            }

            stable[c] = points is [var same] && same == c;
        }

        return stable;
    }

    /// <summary>Sorts each run of marks by combining class, equal ones in their order.</summary>
    private static void Order(List<int> points)
    {
        for (var start = 0; start < points.Count; start++)
        {
            var end = start;
            while (end < points.Count && UnicodeData.CombiningClass(points[end]) != 0)
            {
                end++;
            }

            if (end - start > 1)
            {
                var run = points.GetRange(start, end - start).OrderBy(UnicodeData.CombiningClass).ToArray();
                for (var i = 0; i < run.Length; i++)
                {
                    points[start + i] = run[i];
                }
            }

            start = end;
        }
    }

    /// <summary>Joins each starter with the marks that no other mark of the same class keeps from it.</summary>
    private static void Compose(List<int> points)
    {
        var kept = 0;
        var starter = -1;
        var lastClass = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var mark = UnicodeData.CombiningClass(point);
            var adjacent = starter >= 0 && starter == kept - 1;
            if (starter >= 0 && (adjacent || lastClass < mark) && UnicodeData.Compose(points[starter], point) is var joined and >= 0)
            {
                points[starter] = joined;
                continue;
            }

            if (mark == 0)
            {
                starter = kept;
            }

            lastClass = mark;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }
}
