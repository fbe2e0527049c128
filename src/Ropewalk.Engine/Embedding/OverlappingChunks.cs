namespace Ropewalk.Engine.Embedding;

/// <summary>How a text that is longer than the window is cut (2404.12096, "parallel context windows" there): pieces of one size, and where the last
/// one would be shorter, the last tokens of the text in its place, which overlap with the piece before. A text that fits is one piece.</summary>
public static class OverlappingChunks
{
    /// <summary>First token of each piece; none for an empty text.</summary>
    /// <param name="length">Tokens of the text.</param>
    /// <param name="size">Tokens of a piece, at least 1.</param>
    public static IEnumerable<int> Starts(int length, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        for (var start = 0; start < length; start += size)
        {
            yield return length <= size ? 0 : Math.Min(start, length - size);
        }
    }
}
