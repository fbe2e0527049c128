using System.Buffers;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Cuts a text at the added tokens in it: leftmost match first, the longest of those that start there.</summary>
/// <remarks>A trie over UTF-16 units; time is text length x longest content at worst, and in practice one look at each
/// place where some token's first character stands.</remarks>
internal sealed class AddedTokenMatcher
{
    private readonly Dictionary<long, int> _edges = [];
    private readonly List<AddedToken?> _ends = [null];
    private readonly SearchValues<char> _firsts;

    /// <param name="tokens">Tokens with the text to look for (normalised where they ask for it); an empty text never
    /// matches; of two equal texts the first wins.</param>
    public AddedTokenMatcher(IEnumerable<(AddedToken Token, string Text)> tokens)
    {
        var firsts = new HashSet<char>();
        foreach (var (token, text) in tokens)
        {
            if (text.Length > 0)
            {
                HasSpecial |= token.Special;
                firsts.Add(text[0]);
                Add(token, text);
            }
        }

        _firsts = SearchValues.Create([.. firsts]);
    }

    /// <summary>Whether any of the tokens is special.</summary>
    public bool HasSpecial { get; }

    /// <summary>Appends the cuts of <paramref name="text"/>, in order, without empty ones.</summary>
    /// <param name="text">Well-formed text.</param>
    /// <param name="matchSpecial">False leaves special tokens in the text as text.</param>
    /// <param name="cuts">Receives (token or null, start, end).</param>
    /// <param name="literal">Where special tokens stay text though they are matched elsewhere; in order. A token that only reaches into
    /// such a stretch stays text too.</param>
    public void Cut(ReadOnlySpan<char> text, bool matchSpecial, List<(AddedToken? Token, int Start, int End)> cuts, ReadOnlySpan<TextRange> literal = default)
    {
        var done = 0;
        for (var at = 0; at < text.Length;)
        {
            var step = text[at..].IndexOfAny(_firsts);
            if (step < 0)
            {
                break;
            }

            at += step;
            var token = Longest(text, at, out var end);
            if (token is null)
            {
                at++;
                continue;
            }

            while (!literal.IsEmpty && literal[0].End <= at)
            {
                literal = literal[1..];
            }

            // A normaliser that begins texts with a space begins tokens with one too; whose space it is does not matter.
            if (token.Special && Reaches(literal, Math.Max(at, end - token.Content.Length), end))
            {
                // Another token may start inside of this one, behind the stretch.
                at++;
                continue;
            }

            if ((token.Special && !matchSpecial) || (token.SingleWord && TouchesWord(text, at, end)))
            {
                at = end;
                continue;
            }

            var start = at;
            while (token.LeftStrip && start > done && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }

            // The search goes on behind the swallowed space: looking at it again would cost quadratic time.
            while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            if (start > done)
            {
                cuts.Add((null, done, start));
            }

            cuts.Add((token, start, end));
            done = at = end;
        }

        if (done < text.Length)
        {
            cuts.Add((null, done, text.Length));
        }
    }

    private static bool Reaches(ReadOnlySpan<TextRange> literal, int start, int end)
    {
        foreach (var range in literal)
        {
            if (range.End > start)
            {
                return range.Start < end;
            }
        }

        return false;
    }

    private void Add(AddedToken token, string text)
    {
        var node = 0;
        foreach (var c in text)
        {
            var key = ((long)node << 16) | c;
            if (!_edges.TryGetValue(key, out node))
            {
                node = _ends.Count;
                _ends.Add(null);
                _edges.Add(key, node);
            }
        }

        _ends[node] ??= token;
    }

    private AddedToken? Longest(ReadOnlySpan<char> text, int at, out int end)
    {
        AddedToken? best = null;
        end = at;
        var node = 0;
        for (var i = at; i < text.Length && _edges.TryGetValue(((long)node << 16) | text[i], out node); i++)
        {
            if (_ends[node] is { } found)
            {
                best = found;
                end = i + 1;
            }
        }

        return best;
    }

    private static bool TouchesWord(ReadOnlySpan<char> text, int start, int end) =>
        (start > 0 && IsWord(text, char.IsLowSurrogate(text[start - 1]) ? start - 2 : start - 1))
        || (end < text.Length && IsWord(text, end));

    private static bool IsWord(ReadOnlySpan<char> text, int at)
    {
        System.Text.Rune.DecodeFromUtf16(text[at..], out var rune, out _);
        return CharacterClasses.IsWord(rune);
    }
}
