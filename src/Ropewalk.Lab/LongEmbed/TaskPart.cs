namespace Ropewalk.Lab.LongEmbed;

/// <summary>Documents, and queries that are answered by some of them. A task of real texts is one part; a synthetic one has a part for each length.</summary>
public sealed record TaskPart
{
    /// <summary>Tokens that the documents of a synthetic part were made for; null where they have the lengths that they have.</summary>
    public int? Length { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<LongText> Documents { get; init; }

    /// <summary>At least one.</summary>
    public required IReadOnlyList<LongText> Queries { get; init; }

    /// <summary>For each query the indices of the documents that answer it, at least one.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Relevant { get; init; }

    /// <summary>For each query, where in its document the answer lies: 0 at the beginning, 1 at the end. Null where that is not known.</summary>
    public IReadOnlyList<double>? Depths { get; init; }
}
