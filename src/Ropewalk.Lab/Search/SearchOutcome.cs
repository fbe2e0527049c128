namespace Ropewalk.Lab.Search;

/// <summary>What a search found.</summary>
/// <param name="Best">The best point among those that ran on every window; of equal ones the first.</param>
/// <param name="Trials">All points, in the order in which they were judged.</param>
public sealed record SearchOutcome(Trial Best, IReadOnlyList<Trial> Trials);
