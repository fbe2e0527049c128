using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Softmax attention of every head of every sequence, over all bands of its position plan. Work is shared out by heads; where they would leave
/// threads idle, by blocks of queries on the way there and by ranges of keys on the way back, to the same bits.</summary>
internal static unsafe class AttendOp
{
    // Below that share of busy threads the heads are cut.
    private const double LeastBusy = 0.9;
    private const int PartsOfHead = 8;

    /// <summary>Attends; the walk back is <see cref="TrainedAttention.Backward(TrainedHead)"/>.</summary>
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
        var layout = new AttendLayout(rows, shape, window, isLocal, queries, keys, values, y, logSums);
        var parts = CutsHeads(layout) ? PartsOfHead : 1;

        // The last queries first: they see most keys.
        WorkerPool.For(layout.NumHeads * parts, task => ForwardPart(layout, task % layout.NumHeads, parts - 1 - (task / layout.NumHeads), parts));
        tape.Record(y, new Operation("attend"), () => Backward(tape, layout));
        return y;
    }

    private static bool CutsHeads(AttendLayout layout)
    {
        var threads = WorkerPool.NumThreads;
        var rounds = (layout.NumHeads + threads - 1) / threads;
        return layout.NumHeads < LeastBusy * rounds * threads;
    }

    private static void ForwardPart(AttendLayout layout, int head, int part, int parts)
    {
        var numRows = layout.RowsOf(head).NumRows;
        var queries = (numRows + (parts * TrainedAttention.QueryBlock) - 1) / (parts * TrainedAttention.QueryBlock) * TrainedAttention.QueryBlock;
        if (part * queries < numRows)
        {
            TrainedAttention.Forward(layout.Head(head), part * queries, Math.Min(numRows, (part + 1) * queries));
        }
    }

    private static void Backward(Tape tape, AttendLayout layout)
    {
        var (shape, width) = (layout.Shape, layout.Output.Width);
        var shares = shape.NumHeads / shape.NumKeyValueHeads;

        // Query heads that share keys write gradients of their own, which are added in order afterwards.
        Node[] inputs = [.. layout.Keys, layout.Values];
        var gradients = inputs.Select(input =>
        {
            tape.GradientOf(input, out _);
            return shares == 1 ? input.Gradient! : tape.Pool.Rent(layout.Output.Length);
        }).ToArray();
        var queryGradients = layout.Queries.Select(query => (nint)tape.GradientOf(query, out _)).ToArray();
        foreach (var (gradient, query) in queryGradients.Zip(layout.Queries))
        {
            Elements.ForChunks(query.Length, (first, count) => new Span<float>((float*)gradient + first, count).Clear());
        }

        if (CutsHeads(layout))
        {
            for (var sequence = 0; sequence < layout.Rows.NumSequences; sequence++)
            {
                BackwardByRanges(tape, layout, sequence, queryGradients, gradients);
            }
        }
        else
        {
            WorkerPool.For(layout.NumHeads, head =>
            {
                var at = (long)layout.RowsOf(head).Row * width;
                TrainedAttention.Backward(layout.Head(head, [.. queryGradients.Select(g => (nint)((float*)g + at))], gradients));
            });
        }

        for (var i = 0; shares > 1 && i < inputs.Length; i++)
        {
            AddShares(gradients[i].Pointer, inputs[i], shape, shares);
            tape.Pool.Return(gradients[i]);
        }
    }

    /// <summary>All heads of a sequence, range by range: each has a place of its own for what the queries' gradients owe to it.</summary>
    private static void BackwardByRanges(Tape tape, AttendLayout layout, int sequence, nint[] queryGradients, NativeBuffer<float>[] gradients)
    {
        var (row, numRows) = layout.Rows.Of(sequence);
        var (numHeads, headWidth, width) = (layout.Shape.NumHeads, layout.Shape.HeadWidth, layout.Output.Width);
        int[] firstQueries = [.. Enumerable.Range(0, TrainedAttention.NumRanges(numRows)).Select(range => TrainedAttention.FirstQueryOfRange(numRows, range))];
        NativeBuffer<float>[][] owed = [.. firstQueries.Select(first => queryGradients.Select(_ => tape.Pool.Rent((long)(numRows - first) * width)).ToArray())];

        // The first range first: most queries see it.
        WorkerPool.For(firstQueries.Length * numHeads, task =>
        {
            var (range, head) = Math.DivRem(task, numHeads);
            foreach (var buffer in owed[range])
            {
                for (var at = (long)head * headWidth; at < buffer.Length; at += width)
                {
                    new Span<float>(buffer.Pointer + at, headWidth).Clear();
                }
            }

            // As if there were rows before the range's first query, which nothing touches.
            var before = (long)firstQueries[range] * width;
            TrainedAttention.Backward(layout.Head((sequence * numHeads) + head, [.. owed[range].Select(g => (nint)(g.Pointer - before))], gradients), range, range + 1);
        });
        for (var band = 0; band < queryGradients.Length; band++)
        {
            var target = (float*)queryGradients[band] + ((long)row * width);
            for (var range = 0; range < owed.Length; range++)
            {
                Elements.Add(owed[range][band].Pointer, target + ((long)firstQueries[range] * width), owed[range][band].Length);
                tape.Pool.Return(owed[range][band]);
            }
        }
    }

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
}
