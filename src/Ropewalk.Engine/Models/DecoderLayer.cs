using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>One pre-norm layer of the llama family: grouped-query attention, then a gated MLP, each added to its input.
/// Biases are null where the checkpoint has none.</summary>
internal sealed unsafe class DecoderLayer : IDisposable
{
    /// <summary>Scale of the norm before attention, [D].</summary>
    public required float[] AttentionNorm { get; init; }

    /// <summary>Scale of the norm before the MLP, [D].</summary>
    public required float[] FeedForwardNorm { get; init; }

    /// <summary>W_q, [H K, D].</summary>
    public required PackedMatrix Query { get; init; }

    /// <summary>W_k over W_v, [2 G K, D].</summary>
    public required PackedMatrix KeyValue { get; init; }

    /// <summary>W_o, [D, H K].</summary>
    public required PackedMatrix Output { get; init; }

    /// <summary>W_gate, [F, D].</summary>
    public required PackedMatrix Gate { get; init; }

    /// <summary>W_up, [F, D].</summary>
    public required PackedMatrix Up { get; init; }

    /// <summary>W_down, [D, F].</summary>
    public required PackedMatrix Down { get; init; }

    /// <summary>Bias of the queries, [H K].</summary>
    public float[]? QueryBias { get; init; }

    /// <summary>Bias of keys, then values, [2 G K].</summary>
    public float[]? KeyValueBias { get; init; }

    /// <summary>Bias of the output projection, [D].</summary>
    public float[]? OutputBias { get; init; }

    /// <summary>Bias of the gate, [F].</summary>
    public float[]? GateBias { get; init; }

    /// <summary>Bias of the up projection, [F].</summary>
    public float[]? UpBias { get; init; }

    /// <summary>Bias of the down projection, [D].</summary>
    public float[]? DownBias { get; init; }

    /// <summary>Computes keys and values of a chunk and puts them into the cache.</summary>
    /// <param name="xTD">The chunk's rows.</param>
    /// <param name="numRows">T.</param>
    /// <param name="firstPosition">Position of the first row.</param>
    /// <param name="shape">Sizes.</param>
    /// <param name="epsilon">Of the norm.</param>
    /// <param name="rotary">Angles.</param>
    /// <param name="cache">Where they go.</param>
    /// <param name="layer">This layer's index.</param>
    public void StoreKeysAndValues(
        float* xTD, int numRows, long firstPosition, ModelShape shape, float epsilon, RotaryTable rotary, KeyValueCache cache, int layer)
    {
        var scratch = Scratch.Current;
        var width = KeyValue.Rows;
        var normalized = scratch.Get(Scratch.Slot.Normalized, (long)numRows * shape.HiddenWidth);
        var keysValues = scratch.Get(Scratch.Slot.KeysValues, (long)numRows * width);
        RmsNorm.Forward(xTD, numRows, AttentionNorm, epsilon, normalized);
        Linear(normalized, numRows, KeyValue, KeyValueBias, keysValues, accumulate: false);
        var padded = cache.PaddedHeadWidth;
        for (var head = 0; head < shape.NumKeyValueHeads; head++)
        {
            var keys = cache.Keys(layer, head);
            var values = cache.Values(layer, head);
            for (var row = 0; row < numRows; row++)
            {
                var position = firstPosition + row;
                var key = keysValues + ((long)row * width) + (head * shape.HeadWidth);
                Rotate.Forward(
                    key, shape.HeadWidth, rotary.Cos(position), rotary.Sin(position), rotary.NumPairs, 1f, keys + (position / 8 * 8 * padded) + (position % 8), 8);
                var value = key + (shape.NumKeyValueHeads * shape.HeadWidth);
                for (var k = 0; k < shape.HeadWidth; k++)
                {
                    values[((((long)k / 8 * cache.Capacity) + position) * 8) + (k % 8)] = value[k];
                }
            }
        }
    }

    /// <summary>Adds attention and then the MLP to the rows of a chunk; keys and values of every position up to its last are in the cache.</summary>
    public void Forward(
        float* xTD, int numRows, long firstPosition, ModelShape shape, float epsilon, RotaryTable rotary, KeyValueCache cache, int layer)
    {
        var scratch = Scratch.Current;
        var normalized = scratch.Get(Scratch.Slot.Normalized, (long)numRows * shape.HiddenWidth);
        var queries = scratch.Get(Scratch.Slot.Queries, (long)numRows * Query.Rows);
        RmsNorm.Forward(xTD, numRows, AttentionNorm, epsilon, normalized);
        Linear(normalized, numRows, Query, QueryBias, queries, accumulate: false);
        WorkerPool.For(shape.NumHeads, head => Attend(queries, head, numRows, firstPosition, shape, rotary, cache, layer));
        Linear(queries, numRows, Output, OutputBias, xTD, accumulate: true);

        RmsNorm.Forward(xTD, numRows, FeedForwardNorm, epsilon, normalized);
        var gate = scratch.Get(Scratch.Slot.Gate, (long)numRows * shape.FeedForwardWidth);
        var up = scratch.Get(Scratch.Slot.Up, (long)numRows * shape.FeedForwardWidth);
        Linear(normalized, numRows, Gate, GateBias, gate, accumulate: false);
        Linear(normalized, numRows, Up, UpBias, up, accumulate: false);
        SwiGlu.Forward(gate, up, (long)numRows * shape.FeedForwardWidth);
        Linear(gate, numRows, Down, DownBias, xTD, accumulate: true);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Query.Dispose();
        KeyValue.Dispose();
        Output.Dispose();
        Gate.Dispose();
        Up.Dispose();
        Down.Dispose();
    }

    private static void Linear(float* x, int numRows, PackedMatrix w, float[]? bias, float* y, bool accumulate)
    {
        MatMul.ForwardParallel(x, numRows, w.Columns, w, y, w.Rows, accumulate);
        for (var row = 0; bias is not null && row < numRows; row++)
        {
            var target = y + ((long)row * w.Rows);
            for (var i = 0; i < bias.Length; i++)
            {
                target[i] += bias[i];
            }
        }
    }

    /// <summary>One head's queries of a chunk, block by block; the output takes the queries' place.</summary>
    private static void Attend(
        float* queriesTHK, int head, int numRows, long firstPosition, ModelShape shape, RotaryTable rotary, KeyValueCache cache, int layer)
    {
        var padded = cache.PaddedHeadWidth;
        var stride = shape.NumHeads * shape.HeadWidth;
        var keyValueHead = head / (shape.NumHeads / shape.NumKeyValueHeads);
        var scratch = Scratch.Current.Get(Scratch.Slot.Attention, Attention.ScratchLength(padded));
        var scale = VectorMath.Log2E / MathF.Sqrt(shape.HeadWidth);
        for (var row = 0; row < numRows; row += Attention.QueryBlock)
        {
            var count = Math.Min(Attention.QueryBlock, numRows - row);
            var width = MicroKernel.PanelWidth(count);
            new Span<float>(scratch, padded * width).Clear();
            var first = queriesTHK + ((long)row * stride) + (head * shape.HeadWidth);
            for (var query = 0; query < count; query++)
            {
                var position = firstPosition + row + query;
                Rotate.Forward(
                    first + ((long)query * stride), shape.HeadWidth, rotary.Cos(position), rotary.Sin(position), rotary.NumPairs, scale, scratch + query, width);
            }

            Attention.Forward(
                scratch, count, firstPosition + row, cache.Keys(layer, keyValueHead), cache.Values(layer, keyValueHead), cache.Capacity, padded, shape.HeadWidth, first, stride);
        }
    }
}
