namespace Ropewalk.Positions.Plans;

/// <summary>How much of a block of query-key cells a band governs.</summary>
public enum BandCover
{
    /// <summary>No cell: the block need not be computed for this band.</summary>
    None,

    /// <summary>Some cells: the others are masked.</summary>
    Partial,

    /// <summary>All cells: no mask is needed.</summary>
    All,
}
