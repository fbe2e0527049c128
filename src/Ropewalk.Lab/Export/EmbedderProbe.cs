namespace Ropewalk.Lab.Export;

/// <summary>One probe of an embedder's receipt: a fixed sequence of ids of one length, pooled to a vector of length 1.</summary>
/// <param name="Tokens">Its length.</param>
/// <param name="FitsOldWindow">Whether the original was made for that length.</param>
/// <param name="Cosine">Of the vectors before and after; null where the original has no positions for the length.</param>
/// <param name="LargestChange">Of a number of the vector; null likewise.</param>
/// <param name="IsMemorys">Whether the export, read back from disk, gives the bits of the original under the method in memory.</param>
public sealed record EmbedderProbe(int Tokens, bool FitsOldWindow, double? Cosine, double? LargestChange, bool IsMemorys);
