using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Search;

/// <summary>What a search makes small.</summary>
public static class SearchObjective
{
    /// <summary>What is taken where nothing is said.</summary>
    public const string Default = "perplexity";

    private const string Mix = "mix";

    /// <summary>The names that --objective takes; after the last may stand the share of the short windows, as in mix:0.3.</summary>
    public static ImmutableArray<string> Names { get; } = [Default, "tail", "needle", Mix];

    // The last quarter sees at least three quarters of the window before it.
    private const int TailPart = 4;
    private const double ShortShareOfMix = 0.5;
    private const int ShortWindows = 4;

    /// <summary>Windows of an objective.</summary>
    /// <param name="name">perplexity: every token; tail: the last quarter of the window; needle: the answer to a question at the window's end about a fact
    /// planted at its beginning (2502.20082); mix, or mix:SHARE: every token, and with that share (one half) the same text cut into windows of the old length.</param>
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
        _ when ShortShare(name) is { } share => Mixed(windows, originalContext, tokenizer.AddsBos, share),
        _ => throw Unknown(name),
    };

    /// <summary>Whether there is an objective of a name.</summary>
    public static bool IsKnown(string name) => Names.Contains(name) || ShortShare(name) is not null;

    /// <summary>What says that there is none.</summary>
    public static UserInputException Unknown(string? name) =>
        new($"--objective: found \"{name}\", expected one of {string.Join(", ", Names)}, or {Mix}:SHARE with a share of the short windows between 0 and 1");

    /// <summary>Every token of every window.</summary>
    public static IReadOnlyList<SearchWindow> Whole(WindowSet windows) => [.. windows.Windows.Select(w => Alone(w.Tokens, 1))];

    /// <summary>A window of one sequence.</summary>
    internal static SearchWindow Alone(int[] tokens, int firstScored) => new([new ScoredPart(tokens, firstScored, 1)]);

    private static double? ShortShare(string name) =>
        name == Mix ? ShortShareOfMix
        : name.StartsWith(Mix + ":", StringComparison.Ordinal) && double.TryParse(name[(Mix.Length + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is > 0 and < 1 ? share
        : null;

    private static IReadOnlyList<SearchWindow> Mixed(WindowSet windows, int originalContext, bool hasBegin, double share) =>
    [
        .. windows.Windows.Select(w =>
        {
            var cut = (windows with { Windows = [w] }).Cut(originalContext, hasBegin, ShortWindows).Windows;
            return new SearchWindow([new ScoredPart(w.Tokens, 1, 1 - share), .. cut.Select(c => new ScoredPart(c.Tokens, 1, share / cut.Length))]);
        }),
    ];
}
