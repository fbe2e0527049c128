using System.Text;

namespace Ropewalk.Engine.Tokenization;

/// <summary>NFC, NFD, NFKC and NFKD. Own code, because .NET returns the text as it is when it runs without the
/// system's culture data, as this program does everywhere.</summary>
internal sealed class UnicodeNormalizer(bool compatibility, bool compose) : Normalizer
{
    public override string Normalize(string text)
    {
        // Below U+0300 nothing combines; below U+0080 nothing decomposes either.
        var highest = compose && !compatibility ? '\u02FF' : '\u007F';
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', highest) < 0)
        {
            return text;
        }

        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            UnicodeData.Decompose(rune.Value, compatibility, points);
        }

        Order(points);
        if (compose)
        {
            Compose(points);
        }

        var result = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            result.Append(new Rune(point).ToString());
        }

        return result.ToString();
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
