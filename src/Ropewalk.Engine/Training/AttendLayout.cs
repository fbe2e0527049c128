using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Where the rows of each head of a batch lie.</summary>
/// <param name="Rows">The batch.</param>
/// <param name="Shape">Sizes.</param>
/// <param name="Window">Tokens that the layer sees back; 0 for all.</param>
/// <param name="IsLocal">Whether the layer has an encoding of its own.</param>
/// <param name="Queries">For each band [T, H K].</param>
/// <param name="Keys">For each set [T, G K].</param>
/// <param name="Values">[T, G K].</param>
/// <param name="Output">[T, H K].</param>
/// <param name="LogSums">One number for each query, [H][T] of each sequence.</param>
internal sealed unsafe record AttendLayout(BatchRows Rows, ModelShape Shape, int Window, bool IsLocal, Node[] Queries, Node[] Keys, Node Values, Node Output, Node LogSums)
{
    /// <summary>Heads of all sequences.</summary>
    public int NumHeads => Rows.NumSequences * Shape.NumHeads;

    /// <summary>Made before the loop over heads, whose tasks must not write to one cache.</summary>
    private (nint First, nint End)[] Cells { get; } =
        [.. Enumerable.Range(0, Rows.NumSequences).SelectMany(sequence => Queries.Select((_, band) => Rows.Cells(sequence, band, Window, IsLocal)))];

    /// <summary>First row and number of rows of a head's sequence.</summary>
    public (int Row, int NumRows) RowsOf(int head) => Rows.Of(head / Shape.NumHeads);

    /// <summary>A head for the way there.</summary>
    public TrainedHead Head(int head) => Head(head, null, null);

    /// <summary>A head for the way back.</summary>
    /// <param name="head">Of all sequences' heads.</param>
    /// <param name="queryGradients">For each band the first row of the head's sequence, all heads beside each other.</param>
    /// <param name="gradients">[T, H K] of each set's keys, and of the values last.</param>
    public TrainedHead Head(int head, nint[]? queryGradients, NativeBuffer<float>[]? gradients)
    {
        var (sequence, index) = Math.DivRem(head, Shape.NumHeads);
        var (row, numRows) = Rows.Of(sequence);
        var column = index * Shape.HeadWidth;
        var at = ((long)row * Output.Width) + column;
        var keysAt = ((long)row * Values.Width) + (index / (Shape.NumHeads / Shape.NumKeyValueHeads) * Shape.HeadWidth);
        return new TrainedHead
        {
            NumTokens = numRows,
            HeadWidth = Shape.HeadWidth,
            StrideQueries = Output.Width,
            StrideKeys = Values.Width,
            Bands = [.. Queries.Select((query, band) =>
            {
                var (first, end) = Cells[(sequence * Queries.Length) + band];
                return new TrainedBand((nint)(query.Values + at), queryGradients is null ? 0 : (nint)((float*)queryGradients[band] + column), Rows.Rotary(sequence, IsLocal).Bands[band].KeySet, first, end);
            })],
            Keys = [.. Keys.Select(key => (nint)(key.Values + keysAt))],
            Values = Values.Values + keysAt,
            Output = Output.Values + at,
            LogSums = LogSums.Values + ((long)row * Shape.NumHeads) + ((long)index * numRows),
            OutputGradient = gradients is null ? null : Output.Gradient!.Pointer + at,
            KeyGradients = gradients is null ? [] : [.. gradients.SkipLast(1).Select(g => (nint)(g.Pointer + at))],
            ValueGradients = gradients is null ? null : gradients[^1].Pointer + at,
        };
    }
}
