namespace Ropewalk.Engine.Models.Encoders;

/// <summary>Takes the hidden rows of one text. Called once a text, one text after the other, in the texts' order.</summary>
/// <param name="text">Index of the text.</param>
/// <param name="rowsTD">Rows after the model's last norm, D numbers each: those that were asked for. Not to be kept.</param>
public delegate void HiddenSink(int text, ReadOnlySpan<float> rowsTD);
