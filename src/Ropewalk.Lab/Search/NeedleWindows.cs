using System.Globalization;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>Windows for LongRoPE2's needle-driven perplexity: a fact at the beginning, the window's text, and at the end the question with its
/// answer; only the answer's tokens count.</summary>
internal static class NeedleWindows
{
    private const int SmallestAnswer = 1_000_000;
    private const int LargestAnswer = 9_999_999;

    private static readonly string[] s_things =
    [
        "the mill", "the harbour", "the chapel", "the orchard", "the lighthouse", "the bakery", "the ferry", "the stable",
        "the library", "the bridge", "the market", "the quarry", "the garden", "the station", "the brewery", "the forge",
    ];

    /// <summary>Plants a fact in each window, which keeps its length.</summary>
    /// <param name="windows">Text.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="random">Chooses facts.</param>
    /// <exception cref="UserInputException">A window does not hold fact, question and answer.</exception>
    public static IReadOnlyList<SearchWindow> Plant(WindowSet windows, Tokenizer tokenizer, CounterRandom random)
    {
        var result = new List<SearchWindow>(windows.Windows.Length);
        foreach (var window in windows.Windows)
        {
            var thing = s_things[random.NextInt(s_things.Length)];
            var answer = (SmallestAnswer + random.NextInt(LargestAnswer - SmallestAnswer + 1)).ToString(CultureInfo.InvariantCulture);
            var fact = tokenizer.Encode($"One of the special magic numbers for {thing} is: {answer}.\n\n", addSpecialTokens: false);
            var question = tokenizer.Encode($"\n\nThe special magic number for {thing} is: ", addSpecialTokens: false);
            var number = tokenizer.Encode(answer, addSpecialTokens: false);
            var begin = tokenizer.AddsBos ? 1 : 0;
            var room = windows.Length - begin - fact.Length - question.Length - number.Length;
            if (room < 1)
            {
                throw new UserInputException($"--objective: found needle with windows of {windows.Length} tokens, expected more than {windows.Length - room} for fact, question and answer");
            }

            int[] tokens = [.. window.Tokens.AsSpan(0, begin), .. fact, .. window.Tokens.AsSpan(begin, room), .. question, .. number];
            result.Add(SearchObjective.Alone(tokens, windows.Length - number.Length));
        }

        return result;
    }
}
