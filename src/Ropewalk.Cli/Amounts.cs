using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Lists of windows and of numbers of tokens, as options take them.</summary>
internal static class Amounts
{
    /// <summary>Windows: "4x" is four times the original one, "2048" is that many tokens.</summary>
    /// <param name="option">Its name.</param>
    /// <param name="text">With commas between them.</param>
    /// <param name="original">L.</param>
    /// <exception cref="UserInputException">One is no window longer than the original, or not longer than the one before it.</exception>
    public static ImmutableArray<int> Windows(string option, string text, int original)
    {
        var windows = ImmutableArray.CreateBuilder<int>();
        foreach (var word in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var isFactor = word.EndsWith('x');
            if (!double.TryParse(isFactor ? word[..^1] : word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || (!isFactor && number != Math.Floor(number)) || (isFactor ? number * original : number) is not (>= 1 and <= int.MaxValue))
            {
                throw new UserInputException($"{option}: found \"{Printable.OneLine(word)}\", expected a window such as 4x (times the original {original} tokens) or a number of tokens");
            }

            var window = (int)Math.Round(isFactor ? number * original : number);
            var before = windows.Count > 0 ? windows[^1] : original;
            if (window <= before)
            {
                throw new UserInputException($"{option}: found {Printable.OneLine(word)} ({window} tokens) after {(windows.Count > 0 ? $"{before} tokens" : $"the original window of {before} tokens")}, expected windows that increase");
            }

            windows.Add(window);
        }

        return windows.ToImmutable();
    }

    /// <summary>Numbers of tokens: "250k", "1M", "0".</summary>
    /// <param name="option">Its name.</param>
    /// <param name="text">With commas between them.</param>
    /// <exception cref="UserInputException">One is no number.</exception>
    public static ImmutableArray<long> Tokens(string option, string text) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(word =>
    {
        var factor = word.Length == 0 ? 0 : word[^1] switch { 'k' or 'K' => 1e3, 'M' or 'm' => 1e6, 'G' or 'g' => 1e9, _ => 1.0 };
        return double.TryParse(factor > 1 ? word[..^1] : word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * factor <= 1e15
            ? (long)Math.Round(number * factor)
            : throw new UserInputException($"{option}: found \"{Printable.OneLine(word)}\", expected a number of tokens such as 250k or 1M");
    })];
}
