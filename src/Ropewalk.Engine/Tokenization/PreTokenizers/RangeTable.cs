using System.Globalization;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Gives code points a number by the range that they are in.</summary>
internal sealed class RangeTable
{
    private readonly int[] _starts;
    private readonly int[] _ends;
    private readonly int[] _values;

    private RangeTable(int[] starts, int[] ends, int[] values)
    {
        _starts = starts;
        _ends = ends;
        _values = values;
    }

    /// <summary>Reads lines "41-5A AA ...", hexadecimal; the value of a range is the number of its line.</summary>
    public static RangeTable Parse(params IEnumerable<string> lines)
    {
        var ranges = lines
            .SelectMany((line, value) => line.Split(' ').Select(r => (Edges: r.Split('-'), Value: value)))
            .Select(r => (Start: Hex(r.Edges[0]), End: Hex(r.Edges[^1]), r.Value))
            .OrderBy(r => r.Start)
            .ToArray();
        return new RangeTable(
            Array.ConvertAll(ranges, r => r.Start), Array.ConvertAll(ranges, r => r.End), Array.ConvertAll(ranges, r => r.Value));
    }

    /// <summary>Whether it is in any range.</summary>
    public bool Contains(int codePoint) => ValueOf(codePoint) >= 0;

    /// <summary>The value of its range, or -1.</summary>
    public int ValueOf(int codePoint)
    {
        var at = Array.BinarySearch(_starts, codePoint);
        at = at >= 0 ? at : ~at - 1;
        return at >= 0 && codePoint <= _ends[at] ? _values[at] : -1;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
