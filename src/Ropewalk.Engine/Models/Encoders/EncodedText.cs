namespace Ropewalk.Engine.Models.Encoders;

/// <summary>One text's rows in a pass.</summary>
/// <param name="Row">Its first row in the pass.</param>
/// <param name="NumRows">T.</param>
/// <param name="Cache">Its keys and values of the layer that runs.</param>
/// <param name="Full">Angles and cells of the layers that see the whole text.</param>
/// <param name="Local">Those of the layers that see neighbours only; null where there are none.</param>
internal readonly record struct EncodedText(int Row, int NumRows, KeyValueCache Cache, RotaryTable Full, RotaryTable? Local)
{
    /// <summary>Index in the text of the token that its first row in the pass belongs to: above 0 only where a single row of the text is in it.</summary>
    public int FirstIndex { get; init; }

    /// <summary>The part of the pass's rows [row, row + count) that is this text's.</summary>
    /// <returns>False where there is none.</returns>
    public bool Overlaps(int row, int count, out int first, out int length)
    {
        first = Math.Max(row, Row);
        length = Math.Min(row + count, Row + NumRows) - first;
        return length > 0;
    }
}
