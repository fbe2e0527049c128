namespace Ropewalk.Positions.Plans;

/// <summary>A stretch of the sequence that holds one parallel window.</summary>
/// <param name="Window">Which window, in the order given.</param>
/// <param name="FirstToken">The first of the window's tokens that is in the sequence: 0, or 1 where its begin-of-text token is left out.</param>
/// <param name="Range">Where its tokens are in the sequence; may be empty.</param>
/// <param name="Shift">Position of the window's token 0.</param>
public sealed record WindowSegment(int Window, int FirstToken, IndexRange Range, long Shift)
{
    /// <summary>Place within the window of a token of the sequence.</summary>
    internal long Place(long index) => FirstToken + index - Range.First;
}
