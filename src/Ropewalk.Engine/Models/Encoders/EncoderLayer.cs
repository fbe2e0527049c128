using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>One layer of an encoder: attention over the whole text or over neighbours, and a feed-forward network. Each is normed before, or its
/// sum with its input is normed after; what an architecture does not have is null.</summary>
internal sealed unsafe class EncoderLayer : IDisposable
{
    /// <summary>Before attention.</summary>
    public Norm? AttentionNorm { get; init; }

    /// <summary>Of the sum of attention's output and its input.</summary>
    public Norm? AttentionSumNorm { get; init; }

    /// <summary>Before the feed-forward network.</summary>
    public Norm? FeedForwardNorm { get; init; }

    /// <summary>Of the sum of the feed-forward network's output and its input.</summary>
    public Norm? FeedForwardSumNorm { get; init; }

    /// <summary>To H K numbers.</summary>
    public required Linear Query { get; init; }

    /// <summary>To G K numbers.</summary>
    public required Linear Key { get; init; }

    /// <summary>To G K numbers.</summary>
    public required Linear Value { get; init; }

    /// <summary>From H K numbers back to D.</summary>
    public required Linear Output { get; init; }

    /// <summary>Gate of the feed-forward network.</summary>
    public Linear? Gate { get; init; }

    /// <summary>To F numbers.</summary>
    public required Linear Up { get; init; }

    /// <summary>From F numbers back to D.</summary>
    public required Linear Down { get; init; }

    /// <summary>Whether tokens see neighbours only.</summary>
    public required bool IsLocal { get; init; }

    /// <summary>Numbers in all weights.</summary>
    public long NumParameters => Norms.Sum(n => n?.NumParameters ?? 0) + Linears.Sum(l => l?.NumParameters ?? 0);

    private Norm?[] Norms => [AttentionNorm, AttentionSumNorm, FeedForwardNorm, FeedForwardSumNorm];

    private Linear?[] Linears => [Query, Key, Value, Output, Gate, Up, Down];

    /// <summary>Loads one.</summary>
    public static EncoderLayer Load(TensorLoader tensors, NetworkSpec spec, int index) => new()
    {
        AttentionNorm = index == 0 && spec.Encoder is { SkipsFirstNorm: true } ? null : tensors.OptionalNorm(TensorRole.AttentionNorm, index),
        AttentionSumNorm = tensors.OptionalNorm(TensorRole.AttentionSumNorm, index),
        FeedForwardNorm = tensors.OptionalNorm(TensorRole.FeedForwardNorm, index),
        FeedForwardSumNorm = tensors.OptionalNorm(TensorRole.FeedForwardSumNorm, index),
        Query = tensors.Linear(TensorRole.Query, index),
        Key = tensors.Linear(TensorRole.Key, index),
        Value = tensors.Linear(TensorRole.Value, index),
        Output = tensors.Linear(TensorRole.AttentionOutput, index),
        Gate = spec.IsGated ? tensors.Linear(TensorRole.Gate, index) : null,
        Up = tensors.Linear(TensorRole.Up, index),
        Down = tensors.Linear(TensorRole.Down, index),
        IsLocal = spec.Windows[index] > 0,
    };

    /// <summary>Computes keys and values of a chunk and puts them into the texts' caches.</summary>
    public void StoreKeysAndValues(in EncoderPass pass, int row, int numRows)
    {
        var width = Key.Width;
        var keys = Scratch.Current.Get(Scratch.Slot.Keys, (long)numRows * width);
        var values = Scratch.Current.Get(Scratch.Slot.Values, (long)numRows * width);
        var x = Normed(AttentionNorm, pass, row, numRows);
        Key.Forward(x, numRows, keys);
        Value.Forward(x, numRows, values);
        foreach (ref readonly var text in pass.Texts.AsSpan())
        {
            if (text.Overlaps(row, numRows, out var first, out var count))
            {
                var at = (long)(first - row) * width;
                HeadAttention.Store(keys + at, values + at, count, first - text.Row, pass.Spec.Shape, Angles(text), text.Cache, 0);
            }
        }
    }

    /// <summary>Adds attention and the feed-forward network to the rows of a chunk; keys and values of all of every text are in the caches.</summary>
    public void Forward(in EncoderPass pass, int row, int numRows)
    {
        var spec = pass.Spec;
        var xTD = pass.Hidden(row);
        var queries = Scratch.Current.Get(Scratch.Slot.Queries, (long)numRows * Query.Width);
        Query.Forward(Normed(AttentionNorm, pass, row, numRows), numRows, queries);
        WorkerPool.For(spec.Shape.NumHeads, new HeadsLoop(this, pass, row, numRows, queries));
        Output.Forward(queries, numRows, xTD, accumulate: true);
        AttentionSumNorm?.Forward(xTD, numRows, xTD);

        var input = Normed(FeedForwardNorm, pass, row, numRows);
        var up = Scratch.Current.Get(Scratch.Slot.Up, (long)numRows * Up.Width);
        Up.Forward(input, numRows, up);
        if (Gate is null)
        {
            Activate.Forward(spec.Activation, up, null, (long)numRows * Up.Width);
            Down.Forward(up, numRows, xTD, accumulate: true);
        }
        else
        {
            var gate = Scratch.Current.Get(Scratch.Slot.Gate, (long)numRows * Gate.Width);
            Gate.Forward(input, numRows, gate);
            Activate.Forward(spec.Activation, gate, up, (long)numRows * Gate.Width);
            Down.Forward(gate, numRows, xTD, accumulate: true);
        }

        FeedForwardSumNorm?.Forward(xTD, numRows, xTD);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var linear in Linears)
        {
            linear?.Dispose();
        }
    }

    /// <summary>The rows after a norm, or the rows themselves where there is none.</summary>
    private static float* Normed(Norm? norm, in EncoderPass pass, int row, int numRows)
    {
        var x = pass.Hidden(row);
        if (norm is null)
        {
            return x;
        }

        var normalized = Scratch.Current.Get(Scratch.Slot.Normalized, (long)numRows * pass.Spec.Shape.HiddenWidth);
        norm.Forward(x, numRows, normalized);
        return normalized;
    }

    private RotaryTable Angles(in EncodedText text) => IsLocal && text.Local is { } local ? local : text.Full;

    private readonly struct HeadsLoop(EncoderLayer block, EncoderPass pass, int row, int numRows, float* queriesTHK) : ILoop
    {
        public void Run(int index)
        {
            var shape = pass.Spec.Shape;
            foreach (ref readonly var text in pass.Texts.AsSpan())
            {
                if (text.Overlaps(row, numRows, out var first, out var count))
                {
                    HeadAttention.Forward(
                        queriesTHK + ((long)(first - row) * block.Query.Width) + (index * shape.HeadWidth),
                        block.Query.Width,
                        count,
                        first - text.Row + text.FirstIndex,
                        shape.HeadWidth,
                        pass.Spec.AttentionScale,
                        block.Angles(text),
                        text.Cache,
                        0,
                        index / (shape.NumHeads / shape.NumKeyValueHeads),
                        window: 0);
                }
            }
        }
    }
}
