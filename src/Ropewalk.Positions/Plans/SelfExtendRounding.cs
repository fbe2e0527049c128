namespace Ropewalk.Positions.Plans;

/// <summary>How SelfExtend shifts its grouped queries, where the group does not divide the neighbour window.</summary>
public enum SelfExtendRounding
{
    /// <summary>By w - floor(w/g): the paper, and all of its code but one file.</summary>
    Floor,

    /// <summary>By w - w/g, not rounded: the authors' file for transformers 4.38.</summary>
    Fractional,
}
