using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Softmax attention of every head of every sequence, over all bands of its position plan.</summary>
internal static unsafe class AttendOp
{
    /// <summary>Attends; the walk back is <see cref="TrainedAttention.Backward"/>.</summary>
    /// <param name="tape">Records it.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="window">Tokens that the layer sees back; 0 for all.</param>
    /// <param name="isLocal">Whether the layer has an encoding of its own.</param>
    /// <param name="queries">For each band [T, H K], turned and scaled, which nothing else reads.</param>
    /// <param name="keys">For each set [T, G K], turned, which nothing else reads.</param>
    /// <param name="values">[T, G K], which nothing else reads.</param>
    public static Node Forward(Tape tape, BatchRows rows, ModelShape shape, int window, bool isLocal, Node[] queries, Node[] keys, Node values)
    {
        var numRows = queries[0].NumRows;
        var needsGradient = values.NeedsGradient || queries.Concat(keys).Any(n => n.NeedsGradient);
        var y = tape.New(numRows, queries[0].Width, needsGradient);

        // A node of its own, so that the tape takes care of it.
        var logSums = tape.New(numRows, shape.NumHeads, needsGradient: false);
        var layout = new Layout(rows, shape, window, isLocal, queries, keys, values, y, logSums);
        ForHeads(rows, shape, (sequence, head) => TrainedAttention.Forward(layout.Head(sequence, head)));
        tape.Record(y, new Operation("attend"), () => Backward(tape, layout));
        return y;
    }

    private static void Backward(Tape tape, Layout layout)
    {
        var (shape, queries, keys, values) = (layout.Shape, layout.Queries, layout.Keys, layout.Values);
        var shares = shape.NumHeads / shape.NumKeyValueHeads;
        foreach (var query in queries)
        {
            tape.GradientOf(query, out _);
        }

        // Query heads that share keys write gradients of their own, which are added in order afterwards.
        Node[] inputs = [.. keys, values];
        var gradients = inputs.Select(input =>
        {
            tape.GradientOf(input, out _);
            return shares == 1 ? input.Gradient! : tape.Pool.Rent(layout.Output.Length);
        }).ToArray();
        ForHeads(layout.Rows, shape, (sequence, head) => TrainedAttention.Backward(layout.Head(sequence, head, gradients)));
        for (var i = 0; shares > 1 && i < inputs.Length; i++)
        {
            AddShares(gradients[i].Pointer, inputs[i], shape, shares);
            tape.Pool.Return(gradients[i]);
        }
    }

    private static void ForHeads(BatchRows rows, ModelShape shape, Action<int, int> body) =>
        WorkerPool.For(rows.NumSequences * shape.NumHeads, task => body(task / shape.NumHeads, task % shape.NumHeads));

    private static void AddShares(float* gradientTHK, Node input, ModelShape shape, int shares)
    {
        var (to, width) = ((nint)input.Gradient!.Pointer, shape.HeadWidth);
        var from = (nint)gradientTHK;
        Rows.ForChunks(input.NumRows, (first, count) =>
        {
            for (var head = (long)first * shape.NumKeyValueHeads; head < ((long)first + count) * shape.NumKeyValueHeads; head++)
            {
                var target = (float*)to + (head * width);
                var source = (float*)from + (head * shares * width);
                new ReadOnlySpan<float>(source, width).CopyTo(new Span<float>(target, width));
                for (var share = 1; share < shares; share++)
                {
                    Elements.AddChunk(source + (share * width), target, width);
                }
            }
        });
    }

    /// <summary>Where the rows of each head lie.</summary>
    private sealed record Layout(BatchRows Rows, ModelShape Shape, int Window, bool IsLocal, Node[] Queries, Node[] Keys, Node Values, Node Output, Node LogSums)
    {
        public TrainedHead Head(int sequence, int head, NativeBuffer<float>[]? gradients = null)
        {
            var (row, numRows) = Rows.Of(sequence);
            var at = ((long)row * Output.Width) + (head * Shape.HeadWidth);
            var keysAt = ((long)row * Values.Width) + (head / (Shape.NumHeads / Shape.NumKeyValueHeads) * Shape.HeadWidth);
            return new TrainedHead
            {
                NumTokens = numRows,
                HeadWidth = Shape.HeadWidth,
                StrideQueries = Output.Width,
                StrideKeys = Values.Width,
                Bands = [.. Queries.Select((query, band) =>
                {
                    var (first, end) = Cells[(sequence * Queries.Length) + band];
                    return new TrainedBand((nint)(query.Values + at), gradients is null ? 0 : (nint)(query.Gradient!.Pointer + at), Rows.Rotary(sequence, IsLocal).Bands[band].KeySet, first, end);
                })],
                Keys = [.. Keys.Select(key => (nint)(key.Values + keysAt))],
                Values = Values.Values + keysAt,
                Output = Output.Values + at,
                LogSums = LogSums.Values + ((long)row * Shape.NumHeads) + ((long)head * numRows),
                OutputGradient = gradients is null ? null : Output.Gradient!.Pointer + at,
                KeyGradients = gradients is null ? [] : [.. gradients.SkipLast(1).Select(g => (nint)(g.Pointer + at))],
                ValueGradients = gradients is null ? null : gradients[^1].Pointer + at,
            };
        }

        /// <summary>Made before the loop over heads, whose tasks must not write to one cache.</summary>
        private (nint First, nint End)[] Cells { get; } =
            [.. Enumerable.Range(0, Rows.NumSequences).SelectMany(sequence => Queries.Select((_, band) => Rows.Cells(sequence, band, Window, IsLocal)))];
    }
}
