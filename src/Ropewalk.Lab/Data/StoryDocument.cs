namespace Ropewalk.Lab.Data;

/// <summary>One generated story: a world of its own, whose people, places and facts return throughout the text.</summary>
/// <param name="Title">The title, as the text's first line has it.</param>
/// <param name="Text">Printable ASCII and line feeds; paragraphs wrapped at 72 columns, a blank line between them.</param>
public sealed record StoryDocument(string Title, string Text);
