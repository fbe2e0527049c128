using System.Runtime.InteropServices;

namespace Ropewalk.Positions.Plans;

/// <summary>Consecutive tokens of a sequence, by their index: First, First + 1, ..., End - 1.</summary>
/// <param name="First">The first index.</param>
/// <param name="End">The index after the last one, at least First.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct IndexRange(long First, long End)
{
    /// <summary>Number of tokens.</summary>
    public long Count => End - First;

    /// <summary>Whether there is no token in it.</summary>
    public bool IsEmpty => End <= First;

    /// <summary>Whether the token is in it.</summary>
    public bool Contains(long index) => index >= First && index < End;
}
