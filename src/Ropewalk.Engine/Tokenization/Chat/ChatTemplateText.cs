namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A template as it stands in a file.</summary>
/// <param name="Text">The template.</param>
/// <param name="Source">Where it stands.</param>
internal sealed record ChatTemplateText(string Text, TemplateSource Source);
