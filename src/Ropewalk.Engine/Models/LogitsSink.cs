namespace Ropewalk.Engine.Models;

/// <summary>Receives the logits of one row of a forward pass. Rows come in any order and from several threads at once.</summary>
/// <param name="row">Index of the token in this forward's tokens.</param>
/// <param name="logitsV">V logits; valid only during the call.</param>
public delegate void LogitsSink(int row, ReadOnlySpan<float> logitsV);
