namespace Ropewalk.Lab.LongEmbed;

/// <summary>A document or a query.</summary>
/// <param name="Id">Unique among the documents, or the queries, of a part.</param>
/// <param name="Text">The text.</param>
/// <param name="Name">What to call it in errors.</param>
public sealed record LongText(string Id, string Text, string Name);
