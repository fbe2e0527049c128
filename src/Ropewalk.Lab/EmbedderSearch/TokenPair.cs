namespace Ropewalk.Lab.EmbedderSearch;

/// <summary>A query and the document that answers it, as ids.</summary>
/// <param name="Query">The query.</param>
/// <param name="Document">The document, cut to the window.</param>
public sealed record TokenPair(int[] Query, int[] Document)
{
    /// <summary>How many of the two lost their end.</summary>
    public int NumCut { get; init; }
}
