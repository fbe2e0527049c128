namespace Ropewalk.Lab.LongEmbed;

/// <summary>A text that is cut between its words.</summary>
internal sealed class WordText
{
    // Of English prose in most tokenizers; only where the search for a length begins.
    private const double WordsOfToken = 0.75;

    private readonly string _text;
    private readonly List<(int Start, int End)> _words = [];

    /// <summary>Finds the words.</summary>
    public WordText(string text)
    {
        _text = text;
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isSpace = i == text.Length || char.IsWhiteSpace(text[i]);
            if (isSpace && start >= 0)
            {
                _words.Add((start, i));
                start = -1;
            }
            else if (!isSpace && start < 0)
            {
                start = i;
            }
        }
    }

    /// <summary>How many words there are.</summary>
    public int NumWords => _words.Count;

    /// <summary>Words as they stand in the text, with what is between them.</summary>
    public string Slice(int first, int count) => count == 0 ? "" : _text[_words[first].Start.._words[first + count - 1].End];

    /// <summary>The most words that fit into a number of tokens.</summary>
    /// <param name="first">First of them.</param>
    /// <param name="end">After the last that may be taken.</param>
    /// <param name="tokens">That they fit into.</param>
    /// <param name="count">Counts them.</param>
    public int Fit(int first, int end, int tokens, Func<string, int> count)
    {
        // What fits, and what does not; from the density of the text before, a few counts are enough.
        var (low, lowTokens, high, density) = (0, 0, end - first + 1, WordsOfToken);
        while (high - low > 1)
        {
            var words = Math.Clamp(low + (int)((tokens - lowTokens) * density), low + 1, high - 1);
            var found = count(Slice(first, words));
            density = (double)words / Math.Max(1, found);
            if (found <= tokens)
            {
                (low, lowTokens) = (words, found);
            }
            else
            {
                high = words;
            }
        }

        return low;
    }
}
