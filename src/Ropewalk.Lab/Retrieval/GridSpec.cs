using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Reads the lengths and depths of a grid as a person writes them.</summary>
public static class GridSpec
{
    private const int MostDepths = 101;
    private const int LongestLength = int.MaxValue / 2;

    /// <summary>"256,512,1024": whole numbers of tokens, each once.</summary>
    /// <exception cref="UserInputException">Something else was found.</exception>
    public static ImmutableArray<int> Lengths(string text)
    {
        var lengths = text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n is >= 2 and <= LongestLength
                ? n
                : throw new UserInputException($"--lengths: found \"{part}\", expected a list of window lengths in tokens such as 256,512,1024")).ToList();
        return Distinct("--lengths", lengths);
    }

    /// <summary>"0,25,50": depths in percent; "5": so many, evenly from 0 to 100; "50%": this one alone.</summary>
    /// <exception cref="UserInputException">Something else was found.</exception>
    public static ImmutableArray<double> Depths(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return count switch
            {
                1 => [50],
                > 1 and <= MostDepths => [.. Enumerable.Range(0, count).Select(i => Math.Round(100d * i / (count - 1), 1))],
                _ => throw new UserInputException($"--depths: found {count}, expected 1 to {MostDepths} depths, a list such as 0,25,50, or a single one such as 50%"),
            };
        }

        var depths = text.Split(',', StringSplitOptions.TrimEntries).Select(part =>
            double.TryParse(part.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var d) && d is >= 0 and <= 100
                ? d
                : throw new UserInputException($"--depths: found \"{part}\", expected numbers from 0 (the beginning) to 100 (the end)")).ToList();
        return Distinct("--depths", depths);
    }

    private static ImmutableArray<T> Distinct<T>(string option, List<T> values) => values.Distinct().Count() == values.Count
        ? [.. values.Order()]
        : throw new UserInputException($"{option}: found {values.GroupBy(v => v).First(g => g.Count() > 1).Key} twice, expected each once");
}
