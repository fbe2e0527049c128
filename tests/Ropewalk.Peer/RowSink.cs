namespace Ropewalk.Peer;

/// <summary>Receives one row of logits; valid only during the call.</summary>
/// <param name="row">Index of the token whose successor the row predicts.</param>
/// <param name="logits">One for each token of the vocabulary.</param>
internal delegate void RowSink(int row, ReadOnlySpan<float> logits);
