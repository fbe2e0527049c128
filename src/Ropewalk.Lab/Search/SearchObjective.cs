using System.Collections.Immutable;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>What a search makes small.</summary>
public static class SearchObjective
{
    /// <summary>What is taken where nothing is said.</summary>
    public const string Default = "perplexity";

    /// <summary>The names that --objective takes.</summary>
    public static ImmutableArray<string> Names { get; } = [Default, "tail", "needle", "mix"];

    // The last quarter sees at least three quarters of the window before it.
    private const int TailPart = 4;
    private const double ShortWeight = 0.5;
    private const int ShortWindows = 4;

    /// <summary>Windows of an objective.</summary>
    /// <param name="name">perplexity: every token; tail: the last quarter of the window; needle: the answer to a question at the window's end about a fact
    /// planted at its beginning (2502.20082); mix: half every token, half the same text cut into windows of the old length.</param>
    /// <param name="windows">Text of the target length.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="tokenizer">For the planted facts.</param>
    /// <param name="seed">Of the planted facts.</param>
    /// <exception cref="UserInputException">There is none of that name, or the window is too short for it.</exception>
    public static IReadOnlyList<SearchWindow> Windows(string name, WindowSet windows, int originalContext, Tokenizer tokenizer, ulong seed) => name switch
    {
        Default => Whole(windows),
        "tail" => [.. windows.Windows.Select(w => Alone(w.Tokens, Math.Max(1, windows.Length - (windows.Length / TailPart))))],
        "needle" => NeedleWindows.Plant(windows, tokenizer, new CounterRandom(seed).Fork(6)),
        "mix" => Mixed(windows, originalContext, tokenizer.AddsBos),
        _ => throw new UserInputException($"--objective: found \"{name}\", expected one of {string.Join(", ", Names)}"),
    };

    /// <summary>Every token of every window.</summary>
    public static IReadOnlyList<SearchWindow> Whole(WindowSet windows) => [.. windows.Windows.Select(w => Alone(w.Tokens, 1))];

    /// <summary>A window of one sequence.</summary>
    internal static SearchWindow Alone(int[] tokens, int firstScored) => new([new ScoredPart(tokens, firstScored, 1)]);

    private static IReadOnlyList<SearchWindow> Mixed(WindowSet windows, int originalContext, bool hasBegin) =>
    [
        .. windows.Windows.Select(w =>
        {
            var cut = (windows with { Windows = [w] }).Cut(originalContext, hasBegin, ShortWindows).Windows;
            return new SearchWindow([new ScoredPart(w.Tokens, 1, 1 - ShortWeight), .. cut.Select(c => new ScoredPart(c.Tokens, 1, ShortWeight / cut.Length))]);
        }),
    ];
}
