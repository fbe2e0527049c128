namespace Ropewalk.Lab.Search;

/// <summary>A sequence of which a search judges the end.</summary>
/// <param name="Tokens">Ids; the array must not change afterwards.</param>
/// <param name="FirstScored">Index of the first token whose loss counts, at least 1.</param>
/// <param name="Weight">Of its mean loss in its window's; the weights of a window sum to 1.</param>
public sealed record ScoredPart(int[] Tokens, int FirstScored, double Weight);
