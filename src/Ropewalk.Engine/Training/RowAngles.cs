using Ropewalk.Engine.Models;

namespace Ropewalk.Engine.Training;

/// <summary>By which angles the rows of a batch are turned: as keys of one set or as queries of one band.</summary>
/// <param name="Rows">The batch.</param>
/// <param name="IsLocal">Whether the layer has an encoding of its own.</param>
/// <param name="KeySet">Set of keys; -1 for queries.</param>
/// <param name="Band">Band of queries; -1 for keys.</param>
/// <param name="Scale">Factor of every entry.</param>
internal sealed unsafe record RowAngles(BatchRows Rows, bool IsLocal, int KeySet, int Band, float Scale)
{
    /// <summary>P.</summary>
    public int NumPairs => Rows.Rotary(0, IsLocal).NumPairs;

    /// <summary>The angles of a row and the factor of its entries.</summary>
    public void Of(int row, out float* cos, out float* sin, out float scale)
    {
        var (sequence, index) = Rows.At(row);
        var rotary = Rows.Rotary(sequence, IsLocal);
        var table = TableOf(rotary);
        cos = rotary.Cos(table, index);
        sin = rotary.Sin(table, index);
        scale = KeySet >= 0 ? Scale : Scale * rotary.QueryScale(index);
    }

    /// <summary>What is trained of a row's encoding: where it stands, 0 where its frequencies are fixed ones, and its factor, or null where nothing is.</summary>
    public (double Position, double Factor)? TrainedOf(int row)
    {
        var (sequence, index) = Rows.At(row);
        if (!Rows.TrainsRotary(sequence))
        {
            return null;
        }

        var rotary = Rows.Rotary(sequence, IsLocal);
        var position = rotary.Map(TableOf(rotary)).At(index);
        return (position < rotary.Frequencies.StartTokens ? 0 : position, rotary.Frequencies.AttentionFactor);
    }

    private int TableOf(RotaryTable rotary) => KeySet >= 0 ? rotary.KeySets[KeySet] : rotary.Bands[Band].QueryTable;
}
