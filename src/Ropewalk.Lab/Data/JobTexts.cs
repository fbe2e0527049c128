using System.Collections.Immutable;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Data;

/// <summary>The texts of a job that tunes and measures: nothing that measures is searched or tuned on.</summary>
/// <param name="Tuning">Documents to tune on.</param>
/// <param name="Search">Search windows of the longest length, cut from them.</param>
/// <param name="Heldout">Held-out windows of the longest length.</param>
public sealed record JobTexts(IReadOnlyList<TokenDocument> Tuning, WindowSet Search, WindowSet Heldout)
{
    private const int DefaultStories = 16;
    private const int TokensOfStory = 8192;

    /// <summary>Reads or generates them.</summary>
    /// <param name="texts">Files to search and tune on; empty for the embedded generator's stories.</param>
    /// <param name="heldout">Files to measure on; empty for the last fifth of each text, or other stories.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="longest">Tokens of the longest window.</param>
    /// <param name="windows">Search windows.</param>
    /// <param name="heldoutWindows">Held-out windows at most; 0 for all.</param>
    /// <param name="tuningTokens">Tokens of stories to tune on.</param>
    /// <param name="seed">Of the choices, and of the stories.</param>
    /// <exception cref="UserInputException">A text is given twice, or there is not a window for the search and one for the measurement.</exception>
    public static JobTexts Read(
        ImmutableArray<string> texts, ImmutableArray<string> heldout, Tokenizer tokenizer, int longest, int windows, int heldoutWindows, long tuningTokens, ulong seed)
    {
        RequireDisjoint(texts, heldout);
        var begin = tokenizer.AddsBos ? tokenizer.BosToken : null;
        IReadOnlyList<TokenDocument> tuning;
        IReadOnlyList<TokenDocument> measured = DefaultTexts.Read(heldout, tokenizer, "--heldout");
        if (texts.IsEmpty)
        {
            var each = Math.Max(longest, TokensOfStory);
            tuning = DefaultTexts.Stories(tokenizer, seed + 1, (int)Math.Max(windows, (tuningTokens / each) + 2), each);
            measured = measured.Count > 0 ? measured : DefaultTexts.Stories(tokenizer, seed + 1_000_003, heldoutWindows == 0 ? DefaultStories : heldoutWindows, longest);
        }
        else
        {
            tuning = DefaultTexts.Read(texts, tokenizer);
        }

        var (search, heldoutSet) = WindowPlanner.Plan(tuning, measured, longest, windows, heldoutWindows, begin, new CounterRandom(seed).Fork(2));
        return new JobTexts(WindowPlanner.SearchPart(tuning, measured, longest, begin), search, heldoutSet);
    }

    private static void RequireDisjoint(ImmutableArray<string> texts, ImmutableArray<string> heldout)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (option, path) in texts.Select(t => ("--text", t)).Concat(heldout.Select(h => ("--heldout", h))))
        {
            // An empty path is refused where it is read.
            if (path.Length > 0 && !seen.TryAdd(Path.GetFullPath(path), option))
            {
                throw new UserInputException(option == seen[Path.GetFullPath(path)]
                    ? $"{option}: found {path} twice, expected each text once"
                    : $"--heldout: found {path}, which is given as --text too, expected a text that nothing is searched or tuned on");
            }
        }
    }
}
