namespace Ropewalk.Engine.Tokenization;

/// <summary>A piece of normalised text on its way to the model.</summary>
/// <param name="Text">Its characters.</param>
/// <param name="AtStart">Whether the input text starts with it.</param>
/// <param name="Continues">Whether it goes on where a text was cut for the sake of memory: then nothing is put before it.</param>
internal readonly record struct Piece(ReadOnlyMemory<char> Text, bool AtStart, bool Continues = false);
