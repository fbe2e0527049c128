using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>One row for each text: a weighted mean of its rows, as <see cref="Pool"/> computes it. Weights are whole numbers over their sum: ones for the
/// mean, 1, 2, ... for the weighted mean, a single one for the first or last token.</summary>
internal static unsafe class PoolOp
{
    /// <summary>Pools; the walk back gives each row its weight's share of the text's gradient.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="x">[T, D], the texts' rows one after the other.</param>
    /// <param name="texts">The texts.</param>
    /// <param name="pooling">Any but the maximum.</param>
    public static Node Forward(Tape tape, Node x, IReadOnlyList<TrainedText> texts, Pooling pooling)
    {
        var parts = PartsOf(texts, pooling);
        var y = tape.New(parts.Length, x.Width, x.NeedsGradient);
        var (from, to, width) = ((nint)x.Values, (nint)y.Values, x.Width);
        WorkerPool.For(parts.Length, text =>
        {
            var part = parts[text];
            var sums = new double[width];
            for (var i = part.First; i < part.End; i++)
            {
                var row = (float*)from + ((part.Row + i) * width);
                var weight = part.WeightOf(i);
                for (var k = 0; k < width; k++)
                {
                    sums[k] += weight * row[k];
                }
            }

            var target = (float*)to + ((long)text * width);
            for (var k = 0; k < width; k++)
            {
                target[k] = (float)(sums[k] / part.TotalWeight);
            }
        });
        tape.Record(y, new Operation("pool"), () => Backward(tape, x, parts, y));
        return y;
    }

    private static void Backward(Tape tape, Node x, Part[] parts, Node y)
    {
        var (dx, dy, width) = ((nint)tape.GradientOf(x, out var accumulate), (nint)y.Gradient!.Pointer, x.Width);
        WorkerPool.For(parts.Length, text =>
        {
            var part = parts[text];
            var from = (float*)dy + ((long)text * width);
            for (var i = 0; i < part.NumRows; i++)
            {
                var share = i >= part.First && i < part.End ? (float)(part.WeightOf(i) / part.TotalWeight) : 0;
                var to = (float*)dx + ((part.Row + i) * width);
                for (var k = 0; k < width; k++)
                {
                    to[k] = (share * from[k]) + (accumulate ? to[k] : 0);
                }
            }
        });
    }

    private static Part[] PartsOf(IReadOnlyList<TrainedText> texts, Pooling pooling)
    {
        var parts = new Part[texts.Count];
        var row = 0L;
        for (var i = 0; i < parts.Length; i++)
        {
            var count = texts[i].Tokens.Length;
            var (first, end) = pooling switch
            {
                Pooling.Cls => (0, 1),
                Pooling.Last => (count - 1, count),
                Pooling.Mean or Pooling.WeightedMean => (texts[i].SkippedRows, count),
                _ => throw new ArgumentOutOfRangeException(nameof(pooling), pooling, "expected mean, cls, last or weighted mean"),
            };
            parts[i] = new Part(row, count, first, end, pooling == Pooling.WeightedMean);
            row += count;
        }

        return parts;
    }

    /// <summary>A text's rows, and which of them count.</summary>
    private sealed record Part(long Row, int NumRows, int First, int End, bool IsWeighted)
    {
        public double TotalWeight { get; } = IsWeighted ? (End - First) * (End - First + 1.0) / 2 : End - First;

        public double WeightOf(int row) => IsWeighted ? row - First + 1 : 1;
    }
}
