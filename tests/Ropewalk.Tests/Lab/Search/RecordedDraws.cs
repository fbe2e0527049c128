using System.Text.Json;
using Ropewalk.Lab.Search;

namespace Ropewalk.Tests.Lab.Search;

/// <summary>The draws of a recorded run, handed out in order; each must be of the kind and range that was recorded.</summary>
/// <remarks>The published code draws from numpy's arange over floats, whose length is now and then one more than the grid has points
/// ((1.1 - 1.0) / 0.01 is above 10): a recorded range may be ours or exactly one larger, nothing else.</remarks>
internal sealed class RecordedDraws(JsonElement draws) : IDraws
{
    private readonly JsonElement[] _draws = [.. draws.EnumerateArray()];

    /// <summary>Draws handed out so far; may be set back.</summary>
    public int Position { get; set; }

    public int Count => _draws.Length;

    /// <summary>Ranges that were one larger than ours.</summary>
    public int Larger { get; private set; }

    public double NextDouble() => Next("rand")[1].GetDouble();

    public int NextInt(int exclusiveMax)
    {
        var draw = Next("randint");
        var recorded = draw[2].GetInt32() - draw[1].GetInt32();
        Assert.True(
            draw[1].GetInt32() == 0 && (recorded == exclusiveMax || recorded == exclusiveMax + 1),
            $"draw {Position - 1}: expected a range of {recorded} (or one less), found {exclusiveMax}");
        Larger += recorded - exclusiveMax;
        return draw[3].GetInt32();
    }

    /// <summary>A choice of two different indices.</summary>
    public (int First, int Second) NextPair(int count)
    {
        var draw = Next("choice");
        Assert.Equal(count, draw[1].GetInt32());
        return (draw[3][0].GetInt32(), draw[3][1].GetInt32());
    }

    private JsonElement Next(string kind)
    {
        Assert.True(Position < _draws.Length, $"draw {Position}: expected the end, found one more '{kind}'");
        var draw = _draws[Position];
        Assert.True(draw[0].GetString() == kind, $"draw {Position}: expected '{draw[0].GetString()}', found '{kind}'");
        Position++;
        return draw;
    }
}
