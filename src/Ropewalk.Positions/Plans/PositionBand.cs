namespace Ropewalk.Positions.Plans;

/// <summary>The query-key cells of a sequence that one rule governs: query i and key j of the band are compared as if they stood at
/// QueryPositions(i) and KeyPositions(j). Neither position depends on the other token, so keys are rotated once a band. The cells of a query are
/// consecutive keys; First and End of that range never fall as the query rises, and no range begins after the end of the one before it. So a block
/// of cells is judged by the ranges of its first and last query alone.</summary>
public sealed class PositionBand
{
    private readonly Func<long, long> first;
    private readonly Func<long, long> end;

    /// <summary>Creates a band; a range whose end is below its first key is empty.</summary>
    internal PositionBand(PositionMap queryPositions, PositionMap keyPositions, Func<long, long> first, Func<long, long> end)
    {
        QueryPositions = queryPositions;
        KeyPositions = keyPositions;
        this.first = first;
        this.end = end;
    }

    /// <summary>Positions of the queries.</summary>
    public PositionMap QueryPositions { get; }

    /// <summary>Positions of the keys.</summary>
    public PositionMap KeyPositions { get; }

    /// <summary>The keys that a query sees through this band; empty where it sees none.</summary>
    /// <param name="query">Index of the query, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public IndexRange Keys(long query)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(query);
        var from = first(query);
        return new(from, Math.Max(from, end(query)));
    }

    /// <summary>The keys that a block of queries reads: all that any of them sees, and no others.</summary>
    /// <exception cref="ArgumentException">There is no query.</exception>
    public IndexRange Keys(IndexRange queries)
    {
        ThrowIfEmpty(queries, nameof(queries));
        return new(Keys(queries.First).First, Keys(queries.End - 1).End);
    }

    /// <summary>Whether none, some or all cells of a block are the band's. Exact, and its cost does not depend on the block's size.</summary>
    /// <param name="queries">Rows of the block.</param>
    /// <param name="keys">Columns of the block.</param>
    /// <exception cref="ArgumentException">There is no query or no key.</exception>
    public BandCover Cover(IndexRange queries, IndexRange keys)
    {
        ThrowIfEmpty(queries, nameof(queries));
        ThrowIfEmpty(keys, nameof(keys));
        var top = Keys(queries.First);
        var bottom = Keys(queries.End - 1);
        if (bottom.End <= keys.First || top.First >= keys.End || bottom.End <= top.First)
        {
            return BandCover.None;
        }

        return bottom.First <= keys.First && top.End >= keys.End ? BandCover.All : BandCover.Partial;
    }

    private static void ThrowIfEmpty(IndexRange range, string name)
    {
        if (range.IsEmpty)
        {
            throw new ArgumentException($"the range {range} is empty", name);
        }
    }
}
