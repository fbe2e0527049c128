using System.Collections.Immutable;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Data;

/// <summary>Cuts documents into windows. Search windows and held-out windows never share a token: the end of each text is
/// held out, unless texts are given for that alone.</summary>
public static class WindowPlanner
{
    /// <summary>Part of each text that is held out where no text is given for it.</summary>
    public const double HeldoutShare = 0.2;

    /// <summary>All windows of a document, one after the other.</summary>
    /// <param name="documents">Texts.</param>
    /// <param name="length">Tokens of a window, BOS included.</param>
    /// <param name="beginToken">Put in front of each window; null where the tokenizer adds none.</param>
    public static WindowSet Consecutive(IReadOnlyList<TokenDocument> documents, int length, int? beginToken)
    {
        var step = TextTokens(length, beginToken);
        var windows = ImmutableArray.CreateBuilder<EvaluationWindow>();
        for (var d = 0; d < documents.Count; d++)
        {
            for (var start = 0; start + step <= documents[d].Tokens.Length; start += step)
            {
                windows.Add(Cut(documents[d], d, start, length, beginToken));
            }
        }

        return new WindowSet(length, windows.ToImmutable(), [.. documents.Select(d => d.Name)]);
    }

    /// <summary>Search windows at random places of the search part and held-out windows evenly over the held-out part.</summary>
    /// <param name="texts">Texts given for the search.</param>
    /// <param name="heldoutTexts">Texts given for the measurement; empty to hold out the end of each of <paramref name="texts"/>.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="numSearch">Search windows wanted.</param>
    /// <param name="numHeldout">Held-out windows wanted, at most; 0 for all that fit.</param>
    /// <param name="beginToken">BOS or null.</param>
    /// <param name="random">Chooses the search windows.</param>
    /// <exception cref="UserInputException">There is not at least one window for each.</exception>
    public static (WindowSet Search, WindowSet Heldout) Plan(
        IReadOnlyList<TokenDocument> texts, IReadOnlyList<TokenDocument> heldoutTexts, int length, int numSearch, int numHeldout, int? beginToken, CounterRandom random)
    {
        var step = TextTokens(length, beginToken);
        var search = texts.ToList();
        var heldout = heldoutTexts.ToList();
        if (heldout.Count == 0)
        {
            (search, heldout) = Split(texts, step);
        }

        var searchSlots = Consecutive(search, length, beginToken);
        var heldoutSlots = Consecutive(heldout, length, beginToken);
        if (searchSlots.Windows.Length == 0 || heldoutSlots.Windows.Length == 0)
        {
            throw searchSlots.Windows.Length > 0 && heldoutTexts.Count > 0
                ? new UserInputException($"--heldout: {Found(heldoutTexts)}, expected at least one window of {length} tokens: a text of {step} tokens")
                : new UserInputException($"--text: {Found(texts)}, expected at least one search window and one held-out window of {length} tokens each: a text of {2L * step} tokens, or --heldout");
        }

        return (searchSlots with { Windows = Choose(searchSlots.Windows, numSearch, random) }, heldoutSlots with { Windows = Spread(heldoutSlots.Windows, numHeldout) });
    }

    /// <summary>What of the texts <see cref="Plan"/> searches on, whole: the part that a model may be tuned on without having seen what measures it.</summary>
    /// <param name="texts">Texts given for the search.</param>
    /// <param name="heldoutTexts">Texts given for the measurement.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="beginToken">BOS or null.</param>
    public static IReadOnlyList<TokenDocument> SearchPart(IReadOnlyList<TokenDocument> texts, IReadOnlyList<TokenDocument> heldoutTexts, int length, int? beginToken) =>
        heldoutTexts.Count > 0 ? texts : Split(texts, TextTokens(length, beginToken)).Search;

    private static string Found(IReadOnlyList<TokenDocument> texts) =>
        $"found {texts.Sum(t => (long)t.Tokens.Length)} tokens in {texts.Count} texts (the longest has {texts.Max(t => t.Tokens.Length)})";

    private static int TextTokens(int length, int? beginToken)
    {
        // One token is read and the next one scored; a window of a BOS alone would never get on.
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return beginToken is null ? length : length - 1;
    }

    /// <summary>Keeps the end of each text apart: a fifth, at least one window where the text has two.</summary>
    private static (List<TokenDocument> Search, List<TokenDocument> Heldout) Split(IReadOnlyList<TokenDocument> texts, int step)
    {
        var search = new List<TokenDocument>();
        var heldout = new List<TokenDocument>();
        foreach (var text in texts)
        {
            var count = text.Tokens.Length;
            var held = count < 2L * step ? (int)(count * HeldoutShare) : Math.Clamp((int)(count * HeldoutShare), step, count - step);
            search.Add(text with { Tokens = text.Tokens[..(count - held)] });
            heldout.Add(text with { Tokens = text.Tokens[(count - held)..] });
        }

        return (search, heldout);
    }

    private static EvaluationWindow Cut(TokenDocument document, int index, int start, int length, int? beginToken)
    {
        var tokens = new int[length];
        var first = 0;
        if (beginToken is { } begin)
        {
            tokens[first++] = begin;
        }

        document.Tokens.AsSpan(start, length - first).CopyTo(tokens.AsSpan(first));
        return new EvaluationWindow(index, start, tokens);
    }

    /// <summary>A random choice without replacement, in document order.</summary>
    private static ImmutableArray<EvaluationWindow> Choose(ImmutableArray<EvaluationWindow> windows, int count, CounterRandom random)
    {
        var order = Enumerable.Range(0, windows.Length).ToArray();
        for (var i = 0; i < Math.Min(count, order.Length); i++)
        {
            var j = i + random.NextInt(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return [.. order.Take(count).Order().Select(i => windows[i])];
    }

    /// <summary>As many windows, evenly spaced; all for 0.</summary>
    public static ImmutableArray<EvaluationWindow> Spread(ImmutableArray<EvaluationWindow> windows, int count) =>
        count == 0 || count >= windows.Length ? windows : [.. Enumerable.Range(0, count).Select(i => windows[(int)((long)i * windows.Length / count)])];
}
