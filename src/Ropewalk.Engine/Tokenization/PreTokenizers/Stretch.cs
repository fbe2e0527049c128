namespace Ropewalk.Engine.Tokenization;

/// <summary>A stretch of a text, and whether the pattern matched it.</summary>
internal readonly record struct Stretch(int Start, int End, bool IsMatch);
