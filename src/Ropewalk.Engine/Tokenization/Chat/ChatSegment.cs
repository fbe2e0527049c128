namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>A stretch of a rendered conversation.</summary>
/// <param name="Text">Its characters.</param>
/// <param name="IsContent">Whether they came with the messages, tools or documents; false for the template's own words, roles and special tokens.</param>
public sealed record ChatSegment(string Text, bool IsContent);
