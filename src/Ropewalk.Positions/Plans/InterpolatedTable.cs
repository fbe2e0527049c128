namespace Ropewalk.Positions.Plans;

/// <summary>A learned table of L absolute positions stretched to s L rows (2404.12096): row i s is the trained row i, and the rows between are
/// interpolated. The paper leaves the last s - 1 rows open, which have no trained row after them: here they repeat the last one. This changes a model's
/// weights; it is no position plan.</summary>
/// <param name="OriginalContext">L, the rows of the trained table, at least 1.</param>
/// <param name="Factor">s, at least 1; s L fits into an int.</param>
/// <exception cref="UserInputException">A value is outside its range.</exception>
public sealed record InterpolatedTable(int OriginalContext, int Factor)
{
    /// <summary>L.</summary>
    public int OriginalContext { get; } = Require.AtLeast("original context", OriginalContext, 1);

    /// <summary>s.</summary>
    public int Factor { get; } = Require.Between("factor", Factor, 1, int.MaxValue / Math.Max(1, OriginalContext), "the most that can be counted");

    /// <summary>Rows of the new table, s L.</summary>
    public int Rows => OriginalContext * Factor;

    /// <summary>Where a row of the new table comes from: (1 - NextShare) of the trained row Anchor and NextShare of the one after it. NextShare is
    /// below 1, and 0 where there is no row after it.</summary>
    /// <param name="row">0 to Rows - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public (int Anchor, double NextShare) Source(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        var anchor = row / Factor;
        return (anchor, anchor == OriginalContext - 1 ? 0 : (double)(row % Factor) / Factor);
    }

    /// <summary>Mixes two trained rows into one between them: (1 - share) row + share next, in float32.</summary>
    /// <param name="row">The row at the anchor; takes the result.</param>
    /// <param name="next">The row after it, as long.</param>
    /// <param name="share">0 up to 1.</param>
    public static void Mix(Span<float> row, ReadOnlySpan<float> next, float share)
    {
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = ((1 - share) * row[i]) + (share * next[i]);
        }
    }

    /// <summary>The row that a token reads. A text of up to L tokens reads trained rows only, as LongEmbed's code does; a longer one reads the table
    /// from its beginning, so its first tokens stand elsewhere than in a short text.</summary>
    /// <param name="index">Index of the token, 0 to length - 1.</param>
    /// <param name="length">Tokens of the text, at most <see cref="Rows"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The table has no row for the token.</exception>
    public int RowOf(int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Rows);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, length);
        return length <= OriginalContext ? index * Factor : index;
    }
}
