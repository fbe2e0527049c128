namespace Ropewalk.Engine.Tokenization;

/// <summary>A piece of normalised text on its way to the model.</summary>
/// <param name="Text">Its characters.</param>
/// <param name="AtStart">Whether the input text starts with it.</param>
internal readonly record struct Piece(ReadOnlyMemory<char> Text, bool AtStart);
