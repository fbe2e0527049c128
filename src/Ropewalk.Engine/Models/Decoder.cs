using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>A decoder as its architecture describes it: embedding, layers, norm, head.</summary>
internal sealed unsafe class Decoder : LanguageModel
{
    private readonly DecoderSpec _spec;
    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix? _head;
    private readonly Norm _finalNorm;
    private readonly DecoderLayer[] _layers;
    private readonly LocalRotary? _local;

    private readonly Checkpoint? _owned;

    private Decoder(string name, string architecture, DecoderSpec spec, Checkpoint? owned, PackedMatrix embedding, PackedMatrix? head, Norm finalNorm, DecoderLayer[] layers)
        : base(name, architecture, spec.Shape, spec.Rope)
    {
        _spec = spec;
        _owned = owned;
        _embedding = embedding;
        _head = head;
        _finalNorm = finalNorm;
        _layers = layers;
        _local = spec.LocalRope is { } local ? new LocalRotary(local.Scaling) : null;
    }

    /// <inheritdoc />
    public override long NumParameters =>
        Size(_embedding) + (_head is null ? 0 : Size(_head)) + _finalNorm.NumParameters + _layers.Sum(l => l.NumParameters);

    /// <summary>Loads the weights of an opened checkpoint, each packed in its stored type.</summary>
    /// <exception cref="CheckpointFormatException">A tensor is missing, has another shape than the config says, or holds a number that is not finite.</exception>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="architecture">Its architecture.</param>
    /// <param name="ownsCheckpoint">Whether the model closes it when it is disposed of, as it must when weights stay in a mapped file.</param>
    public static Decoder Load(Checkpoint checkpoint, Architecture architecture, bool ownsCheckpoint)
    {
        var spec = architecture.Read(checkpoint.Config, checkpoint.ConfigPath);
        var tensors = new TensorLoader(checkpoint, architecture, spec);
        try
        {
            var layers = Enumerable.Range(0, spec.Shape.NumLayers).Select(i => LoadLayer(tensors, spec, i)).ToArray();
            return new Decoder(
                checkpoint.Name, architecture.ModelType, spec, ownsCheckpoint ? checkpoint : null, tensors.Matrix(TensorRole.Embedding), spec.TieEmbedding ? null : tensors.Matrix(TensorRole.Head), tensors.Norm(TensorRole.FinalNorm, 0), layers);
        }
        catch
        {
            tensors.Release();
            throw;
        }
    }

    /// <inheritdoc />
    public override void Forward(
        ReadOnlySpan<int> tokens, KeyValueCache cache, RotaryTable rotary, int firstRow, LogitsSink sink, CancellationToken cancellationToken = default)
    {
        var numRows = tokens.Length;
        var start = cache.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(numRows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + numRows, cache.Capacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + numRows, rotary.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, numRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(2 * rotary.NumPairs, Shape.HeadWidth, nameof(rotary));
        if (cache.SinglePass && start != 0)
        {
            throw new InvalidOperationException("a single-pass cache takes one forward");
        }

        var d = Shape.HiddenWidth;
        using var hidden = new NativeBuffer<float>((long)numRows * d);
        var x = hidden.Pointer;
        Embed(tokens, hidden);
        var local = _local?.Table(start + numRows);
        var chunk = ChunkRows(numRows);
        var numChunks = (numRows + chunk - 1) / chunk;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var block = _layers[layer];
            var angles = block.Window > 0 && local is not null ? local : rotary;
            var index = layer;
            WorkerPool.For(numChunks, task =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = task * chunk;
                block.StoreKeysAndValues(x + ((long)row * d), Math.Min(chunk, numRows - row), start + row, _spec, angles, cache, index);
            });

            // The last layer's rows matter only where logits are asked for.
            var firstChunk = layer == _layers.Length - 1 ? firstRow / chunk : 0;
            WorkerPool.For(numChunks - firstChunk, task =>
            {
                // The last chunk sees the most keys: it goes first, so that no thread is left with it at the end.
                cancellationToken.ThrowIfCancellationRequested();
                var row = (numChunks - 1 - task) * chunk;
                block.Forward(x + ((long)row * d), Math.Min(chunk, numRows - row), start + row, _spec, angles, cache, index);
            });
        }

        cache.Length = start + numRows;
        Logits(x, firstRow, numRows, sink, cancellationToken);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _embedding.Dispose();
        _head?.Dispose();
        _local?.Dispose();
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }

        _owned?.Dispose();
    }

    private static DecoderLayer LoadLayer(TensorLoader tensors, DecoderSpec spec, int index) => new()
    {
        AttentionNorm = tensors.Norm(TensorRole.AttentionNorm, index),
        AttentionPostNorm = tensors.OptionalNorm(TensorRole.AttentionPostNorm, index),
        FeedForwardNorm = tensors.Norm(TensorRole.FeedForwardNorm, index),
        FeedForwardPostNorm = tensors.OptionalNorm(TensorRole.FeedForwardPostNorm, index),
        Query = tensors.Linear(TensorRole.Query, index),
        Key = tensors.Linear(TensorRole.Key, index),
        Value = tensors.Linear(TensorRole.Value, index),
        QueryNorm = tensors.OptionalNorm(TensorRole.QueryNorm, index),
        KeyNorm = tensors.OptionalNorm(TensorRole.KeyNorm, index),
        Output = tensors.Linear(TensorRole.AttentionOutput, index),
        Gate = spec.IsGated ? tensors.Linear(TensorRole.Gate, index) : null,
        Up = tensors.Linear(TensorRole.Up, index),
        Down = tensors.Linear(TensorRole.Down, index),
        Window = spec.Windows[index],
    };

    private static long Size(PackedMatrix w) => (long)w.Rows * w.Columns;

    /// <summary>Rows of a task: a multiple of the query block, at most 192, small enough to occupy every thread. Results do not depend on it.</summary>
    private static int ChunkRows(int numRows)
    {
        var even = (numRows + (4 * WorkerPool.NumThreads) - 1) / (4 * WorkerPool.NumThreads);
        return Math.Clamp((even + Attention.QueryBlock - 1) / Attention.QueryBlock * Attention.QueryBlock, Attention.QueryBlock, MatMul.RowBlock);
    }

    private void Embed(ReadOnlySpan<int> tokens, NativeBuffer<float> hidden)
    {
        var d = Shape.HiddenWidth;
        for (var row = 0; row < tokens.Length; row++)
        {
            var x = hidden.Span((long)row * d, d);
            _embedding.CopyRow(tokens[row], x);
            for (var i = 0; _spec.EmbeddingScale != 1 && i < d; i++)
            {
                x[i] *= _spec.EmbeddingScale;
            }
        }
    }

    private void Logits(float* x, int firstRow, int numRows, LogitsSink sink, CancellationToken cancellationToken)
    {
        const int LogitsOfTask = 1 << 20;
        var d = Shape.HiddenWidth;
        var vocabulary = Shape.VocabularySize;
        var head = _head ?? _embedding;
        var rows = Math.Clamp(LogitsOfTask / vocabulary / MicroKernel.Rows * MicroKernel.Rows, MicroKernel.Rows, MatMul.RowBlock);
        WorkerPool.For((numRows - firstRow + rows - 1) / rows, task =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            var scratch = Scratch.Current;
            var first = firstRow + (task * rows);
            var count = Math.Min(rows, numRows - first);
            var normalized = scratch.Get(Scratch.Slot.Normalized, (long)count * d);
            var logits = scratch.Get(Scratch.Slot.Logits, (long)count * vocabulary);
            _finalNorm.Forward(x + ((long)first * d), count, normalized);
            MatMul.ForwardParallel(normalized, count, d, head, logits, vocabulary, accumulate: false);
            for (var row = 0; row < count; row++)
            {
                sink(first + row, new ReadOnlySpan<float>(logits + ((long)row * vocabulary), vocabulary));
            }
        });
    }
}
