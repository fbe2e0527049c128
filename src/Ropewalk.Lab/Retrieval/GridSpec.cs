using System.Collections.Immutable;
using System.Globalization;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Retrieval;

/// <summary>Reads the lengths and depths of a grid as a person writes them.</summary>
public static class GridSpec
{
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

    /// <summary>"0,0.5,1" or "0%,50%,100%": where the needle lies in the haystack.</summary>
    /// <exception cref="UserInputException">Something else was found.</exception>
    public static ImmutableArray<double> Depths(string text)
    {
        var depths = text.Split(',', StringSplitOptions.TrimEntries).Select(part => Share(part) is >= 0 and <= 1 and var depth
            ? depth
            : throw new UserInputException($"--depths: found \"{part}\", expected shares from 0 (the beginning) to 1 (the end) such as 0,0.25,0.5 or 0%,25%,50%")).ToList();
        return Distinct("--depths", depths);
    }

    private static double Share(string part) =>
        double.TryParse(part.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Math.Round(value / (part.EndsWith('%') ? 100 : 1), 6) : double.NaN;

    private static ImmutableArray<T> Distinct<T>(string option, List<T> values) => values.Distinct().Count() == values.Count
        ? [.. values.Order()]
        : throw new UserInputException($"{option}: found {values.GroupBy(v => v).First(g => g.Count() > 1).Key} twice, expected each once");
}
