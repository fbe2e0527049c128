namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>Finds a text in a text in linear time, whatever the two are.</summary>
internal static class SubstringSearch
{
    // .NET's own search is fast and at worst text x pattern: good for the short patterns that templates have.
    private const int ShortPattern = 32;

    /// <summary>Offsets of the pattern, from left to right.</summary>
    /// <param name="run">Is charged for both lengths.</param>
    /// <param name="text">Where to look.</param>
    /// <param name="pattern">What for; not empty.</param>
    /// <param name="overlapping">Whether the next may start inside of the last.</param>
    public static IEnumerable<int> Matches(Evaluation run, string text, string pattern, bool overlapping = false)
    {
        run.Touch((long)text.Length + pattern.Length);
        return pattern.Length <= ShortPattern ? Simple(text, pattern, overlapping) : WithFallbacks(text, pattern, overlapping);
    }

    /// <summary>Whether the pattern is there; an empty one always is.</summary>
    public static bool Contains(Evaluation run, string text, string pattern) => pattern.Length == 0 || Matches(run, text, pattern).Any();

    private static IEnumerable<int> Simple(string text, string pattern, bool overlapping)
    {
        for (var at = text.IndexOf(pattern, StringComparison.Ordinal); at >= 0;)
        {
            yield return at;
            at = text.IndexOf(pattern, at + (overlapping ? 1 : pattern.Length), StringComparison.Ordinal);
        }
    }

    /// <summary>Knuth, Morris and Pratt's: after a mismatch the pattern moves to the longest start of it that still fits.</summary>
    private static IEnumerable<int> WithFallbacks(string text, string pattern, bool overlapping)
    {
        var fallback = new int[pattern.Length + 1];
        fallback[0] = -1;
        for (int i = 0, k = -1; i < pattern.Length; fallback[++i] = ++k)
        {
            while (k >= 0 && pattern[k] != pattern[i])
            {
                k = fallback[k];
            }
        }

        var matched = 0;
        for (var i = 0; i < text.Length; i++)
        {
            while (matched >= 0 && (matched == pattern.Length || pattern[matched] != text[i]))
            {
                matched = fallback[matched];
            }

            if (++matched == pattern.Length)
            {
                yield return i + 1 - pattern.Length;
                matched = overlapping ? matched : 0;
            }
        }
    }
}
