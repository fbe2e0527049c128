namespace Ropewalk.Engine.Models;

/// <summary>One sequence's rows in a pass.</summary>
/// <param name="Row">Its first row in the pass.</param>
/// <param name="NumRows">T.</param>
/// <param name="Start">Position of the first row: the tokens that its cache already holds.</param>
/// <param name="Cache">Its keys and values.</param>
/// <param name="Rotary">Angles of the layers with full attention.</param>
/// <param name="Local">Angles of the windowed layers where they are others.</param>
/// <param name="FirstLogits">First row, counted in the sequence, whose logits are wanted.</param>
/// <param name="LogitsRow">Rows of logits of the sequences before it.</param>
/// <param name="Sink">Takes logits.</param>
/// <param name="Prepared">First layer's queries, keys and values, or null.</param>
internal readonly record struct Sequence(
    int Row, int NumRows, int Start, KeyValueCache Cache, RotaryTable Rotary, RotaryTable? Local, int FirstLogits, int LogitsRow, LogitsSink Sink, PreparedTokens? Prepared)
{
    /// <summary>Rows of logits.</summary>
    public int NumLogits => NumRows - FirstLogits;

    /// <summary>The part of the pass's rows [row, row + count) that is this sequence's.</summary>
    /// <param name="row">First row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="first">First row of the part, in the pass.</param>
    /// <param name="length">Its rows.</param>
    /// <returns>False where there is none.</returns>
    public bool Overlaps(int row, int count, out int first, out int length)
    {
        first = Math.Max(row, Row);
        length = Math.Min(row + count, Row + NumRows) - first;
        return length > 0;
    }
}
