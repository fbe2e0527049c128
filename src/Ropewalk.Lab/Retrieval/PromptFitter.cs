using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Cuts haystacks so that prompt and answer fill a window and never pass it.</summary>
/// <param name="tokenizer">The model's.</param>
public sealed class PromptFitter(Tokenizer tokenizer)
{
    /// <summary>Tokens that the published programs generate to look for the answer in; more where an answer has more.</summary>
    public const int FewestNewTokens = 10;

    /// <summary>Tokens of the shortest window that holds a case: no haystack at all.</summary>
    public int Fewest(RetrievalCase retrieval)
    {
        var prompt = Encode(retrieval.Compose(0, 0).Text);
        return prompt.Length + NewTokens(retrieval, prompt.Length);
    }

    /// <summary>The prompt with the largest haystack that fits: one step more would not, by any choice that bisection finds.</summary>
    /// <param name="retrieval">The case.</param>
    /// <param name="window">Tokens of prompt and answer.</param>
    /// <param name="depth">Where the needle lies.</param>
    /// <exception cref="UserInputException">Not even the prompt without haystack fits, or the haystack is too short.</exception>
    public FittedPrompt Fit(RetrievalCase retrieval, int window, double depth)
    {
        var bare = Encode(retrieval.Compose(0, depth).Text).Length;
        var newTokens = NewTokens(retrieval, bare);
        var room = window - newTokens;
        if (bare > room)
        {
            throw new UserInputException($"--lengths: found {window}, expected at least {bare + newTokens}: the prompt takes {bare} tokens without any haystack, and its answer {newTokens}");
        }

        var step = retrieval.Haystack.Granularity;
        bool Fits(long steps) => Encode(retrieval.Compose((int)(steps * step), depth).Text).Length <= room;
        var most = (long)retrieval.Haystack.Available / step;

        // Doubling first: how many characters a token has is the tokenizer's secret.
        var (low, high) = (0L, Math.Max(1L, room / step));
        while (high <= most && Fits(high))
        {
            (low, high) = (high, high * 2);
        }

        if (high > most)
        {
            if (Fits(most))
            {
                throw new UserInputException($"--haystack: found a text of {most:N0} characters, expected more: with all of it the prompt does not fill a window of {window:N0} tokens");
            }

            high = most;
        }

        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Fits(middle) ? (middle, high) : (low, middle);
        }

        var (text, needleAt) = retrieval.Compose((int)(low * step), depth);
        return Tokens(retrieval, text, needleAt, window, newTokens);
    }

    private FittedPrompt Tokens(RetrievalCase retrieval, string text, int needleAt, int window, int newTokens)
    {
        var prompt = Encode(text);
        var whole = retrieval.Candidates.Select(c => Encode($"{text} {c}")).ToArray();
        var shared = whole.Min(w => w.AsSpan().CommonPrefixLength(prompt));
        return new FittedPrompt(window, prompt, Encode(text[..needleAt]).Length, shared, [.. whole.Select(w => w[shared..])], newTokens);
    }

    /// <summary>Room for the answer: of the tokens that a candidate adds, the most; at least the published ten.</summary>
    private int NewTokens(RetrievalCase retrieval, int bare)
    {
        var text = retrieval.Compose(0, 0).Text;
        return Math.Max(FewestNewTokens, retrieval.Candidates.Max(c => Encode($"{text} {c}").Length) - bare);
    }

    private int[] Encode(string text)
    {
        var ids = tokenizer.Encode(text, addSpecialTokens: false, matchSpecialTokens: false);
        return tokenizer is { AddsBos: true, BosToken: { } bos } ? [bos, .. ids] : ids;
    }
}
