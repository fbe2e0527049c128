using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>One layer: attention and a feed-forward network, each normed before and added to its input; what an architecture does
/// not have is null.</summary>
internal sealed unsafe class DecoderLayer : IDisposable
{
    /// <summary>Before attention.</summary>
    public required Norm AttentionNorm { get; init; }

    /// <summary>Of attention's output, before it is added.</summary>
    public Norm? AttentionPostNorm { get; init; }

    /// <summary>Before the feed-forward network.</summary>
    public required Norm FeedForwardNorm { get; init; }

    /// <summary>Of the feed-forward network's output, before it is added.</summary>
    public Norm? FeedForwardPostNorm { get; init; }

    /// <summary>To H K numbers.</summary>
    public required Linear Query { get; init; }

    /// <summary>To G K numbers.</summary>
    public required Linear Key { get; init; }

    /// <summary>To G K numbers.</summary>
    public required Linear Value { get; init; }

    /// <summary>Of each query head, before it is turned.</summary>
    public Norm? QueryNorm { get; init; }

    /// <summary>Of each key head, before it is turned.</summary>
    public Norm? KeyNorm { get; init; }

    /// <summary>From H K numbers back to D.</summary>
    public required Linear Output { get; init; }

    /// <summary>Gate of the feed-forward network.</summary>
    public Linear? Gate { get; init; }

    /// <summary>To F numbers.</summary>
    public required Linear Up { get; init; }

    /// <summary>From F numbers back to D.</summary>
    public required Linear Down { get; init; }

    /// <summary>Keys that a query sees, its own included; 0 for all.</summary>
    public required int Window { get; init; }

    /// <summary>Numbers in all weights.</summary>
    public long NumParameters =>
        Norms.Sum(n => n?.NumParameters ?? 0) + Linears.Sum(l => l?.NumParameters ?? 0);

    private Norm?[] Norms => [AttentionNorm, AttentionPostNorm, FeedForwardNorm, FeedForwardPostNorm, QueryNorm, KeyNorm];

    private Linear?[] Linears => [Query, Key, Value, Output, Gate, Up, Down];

    /// <summary>Computes keys and values of a chunk and puts them into the caches.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="row">First row of the chunk.</param>
    /// <param name="numRows">T.</param>
    /// <param name="layer">This layer's index.</param>
    public void StoreKeysAndValues(in ForwardPass pass, int row, int numRows, int layer)
    {
        var shape = pass.Spec.Shape;
        var scratch = Scratch.Current;
        var width = Key.Width;
        var keys = scratch.Get(Scratch.Slot.Keys, (long)numRows * width);
        var values = scratch.Get(Scratch.Slot.Values, (long)numRows * width);
        if (layer > 0 || !pass.IsPrepared)
        {
            ProjectKeysAndValues(pass, row, numRows, keys, values);
        }

        foreach (ref readonly var sequence in pass.Sequences.AsSpan())
        {
            if (!sequence.Overlaps(row, numRows, out var first, out var count))
            {
                continue;
            }

            var prepared = layer == 0 ? sequence.Prepared : null;
            var at = (long)(first - (prepared is null ? row : sequence.Row)) * width;
            HeadAttention.Store(
                (prepared is null ? keys : prepared.KeysTGK.Pointer) + at, (prepared is null ? values : prepared.ValuesTGK.Pointer) + at, count, sequence.Start + first - sequence.Row, shape, Angles(sequence), sequence.Cache, layer);
        }
    }

    /// <summary>Keys, normed where the architecture norms them, and values, both [T, G, K], before they are turned.</summary>
    public void ProjectKeysAndValues(in ForwardPass pass, int row, int numRows, float* keysTGK, float* valuesTGK)
    {
        var normalized = Scratch.Current.Get(Scratch.Slot.Normalized, (long)numRows * pass.Spec.Shape.HiddenWidth);
        AttentionNorm.Forward(pass.Hidden(row), numRows, normalized);
        Key.Forward(normalized, numRows, keysTGK);
        Value.Forward(normalized, numRows, valuesTGK);
        KeyNorm?.Forward(keysTGK, numRows * pass.Spec.Shape.NumKeyValueHeads, keysTGK);
    }

    /// <summary>Queries, normed where the architecture norms them, [T, H, K], before they are turned.</summary>
    public void ProjectQueries(in ForwardPass pass, int row, int numRows, float* queriesTHK)
    {
        var normalized = Scratch.Current.Get(Scratch.Slot.Normalized, (long)numRows * pass.Spec.Shape.HiddenWidth);
        AttentionNorm.Forward(pass.Hidden(row), numRows, normalized);
        Query.Forward(normalized, numRows, queriesTHK);
        QueryNorm?.Forward(queriesTHK, numRows * pass.Spec.Shape.NumHeads, queriesTHK);
    }

    /// <summary>Adds attention and the feed-forward network to the rows of a chunk; keys and values of every position up to its last are in the caches.</summary>
    public void Forward(in ForwardPass pass, int row, int numRows, int layer)
    {
        var spec = pass.Spec;
        var scratch = Scratch.Current;
        var xTD = pass.Hidden(row);
        var queries = scratch.Get(Scratch.Slot.Queries, (long)numRows * Query.Width);
        if (layer == 0 && pass.IsPrepared)
        {
            CopyPreparedQueries(pass, row, numRows, queries);
        }
        else
        {
            ProjectQueries(pass, row, numRows, queries);
        }

        WorkerPool.For(spec.Shape.NumHeads, new HeadsLoop(this, pass, row, numRows, layer, queries));
        var normalized = scratch.Get(Scratch.Slot.Normalized, (long)numRows * spec.Shape.HiddenWidth);
        if (spec.IsParallel)
        {
            FeedForwardNorm.Forward(xTD, numRows, normalized);
        }

        AddTo(xTD, Output, queries, numRows, AttentionPostNorm);
        if (!spec.IsParallel)
        {
            FeedForwardNorm.Forward(xTD, numRows, normalized);
        }

        var up = scratch.Get(Scratch.Slot.Up, (long)numRows * Up.Width);
        Up.Forward(normalized, numRows, up);
        if (Gate is null)
        {
            Activate.Forward(spec.Activation, up, null, (long)numRows * Up.Width);
            AddTo(xTD, Down, up, numRows, FeedForwardPostNorm);
        }
        else
        {
            var gate = scratch.Get(Scratch.Slot.Gate, (long)numRows * Gate.Width);
            Gate.Forward(normalized, numRows, gate);
            Activate.Forward(spec.Activation, gate, up, (long)numRows * Gate.Width);
            AddTo(xTD, Down, gate, numRows, FeedForwardPostNorm);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var linear in Linears)
        {
            linear?.Dispose();
        }
    }

    /// <summary>x += norm(W y + b).</summary>
    private static void AddTo(float* xTD, Linear linear, float* y, int numRows, Norm? norm)
    {
        if (norm is null)
        {
            linear.Forward(y, numRows, xTD, accumulate: true);
            return;
        }

        var length = (long)numRows * linear.Width;
        var sum = Scratch.Current.Get(Scratch.Slot.Projected, length);
        linear.Forward(y, numRows, sum);
        norm.Forward(sum, numRows, sum);
        for (long i = 0; i < length; i++)
        {
            xTD[i] += sum[i];
        }
    }

    private static void CopyPreparedQueries(in ForwardPass pass, int row, int numRows, float* queriesTHK)
    {
        var width = pass.Spec.Shape.NumHeads * pass.Spec.Shape.HeadWidth;
        foreach (ref readonly var sequence in pass.Sequences.AsSpan())
        {
            if (sequence.Overlaps(row, numRows, out var first, out var count))
            {
                sequence.Prepared!.QueriesTHK.Span((long)(first - sequence.Row) * width, count * width).CopyTo(new Span<float>(queriesTHK + ((long)(first - row) * width), count * width));
            }
        }
    }

    private RotaryTable Angles(in Sequence sequence) => Window > 0 && sequence.Local is { } local ? local : sequence.Rotary;

    private readonly struct HeadsLoop(DecoderLayer block, ForwardPass pass, int row, int numRows, int layer, float* queriesTHK) : ILoop
    {
        public void Run(int index)
        {
            foreach (ref readonly var sequence in pass.Sequences.AsSpan())
            {
                if (sequence.Overlaps(row, numRows, out var first, out var count))
                {
                    var shape = pass.Spec.Shape;
                    HeadAttention.Forward(
                        queriesTHK + ((long)(first - row) * block.Query.Width) + (index * shape.HeadWidth),
                        block.Query.Width,
                        count,
                        sequence.Start + first - sequence.Row,
                        shape.HeadWidth,
                        pass.Spec.AttentionScale,
                        block.Angles(sequence),
                        sequence.Cache,
                        layer,
                        index / (shape.NumHeads / shape.NumKeyValueHeads),
                        block.Window);
                }
            }
        }
    }
}
