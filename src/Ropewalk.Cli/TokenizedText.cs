namespace Ropewalk.Cli;

/// <summary>What tokenizing one text gave.</summary>
/// <param name="Name">The text's name.</param>
/// <param name="Count">Its tokens.</param>
/// <param name="Bytes">Its length in bytes of UTF-8.</param>
/// <param name="Ids">The tokens' ids, or null where they were only counted.</param>
/// <param name="Pieces">The tokens as the vocabulary spells them, likewise.</param>
internal sealed record TokenizedText(string Name, long Count, long Bytes, IReadOnlyList<int>? Ids, IReadOnlyList<string>? Pieces);
