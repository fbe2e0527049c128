using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>A decoder as its architecture describes it: embedding, layers, norm, head.</summary>
internal sealed unsafe class Decoder : LanguageModel
{
    [ThreadStatic]
    private static Sequence[]? s_single;

    private readonly NetworkSpec _spec;
    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix? _head;
    private readonly Norm _finalNorm;
    private readonly DecoderLayer[] _layers;
    private readonly LocalRotary? _local;

    private readonly Checkpoint? _owned;

    private Decoder(string name, string architecture, NetworkSpec spec, Checkpoint? owned, PackedMatrix embedding, PackedMatrix? head, Norm finalNorm, DecoderLayer[] layers)
        : base(name, architecture, spec.Shape, spec.Rope, spec.LocalRope is null ? spec.Windows.Max() : 0)
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
        // One token at a time must allocate nothing.
        var sequences = s_single ??= new Sequence[1];
        sequences[0] = Admit(tokens.Length, cache, rotary, firstRow, sink, null, default);
        using var hidden = new HiddenRows(tokens.Length, Shape.HiddenWidth);
        try
        {
            Embed(tokens, hidden.Pointer);
            Run(new ForwardPass(_spec, sequences, tokens.Length, (nint)hidden.Pointer, cancellationToken));
        }
        finally
        {
            sequences[0] = default;
        }
    }

    /// <inheritdoc />
    public override void Forward(IReadOnlyList<SequenceInput> batch, CancellationToken cancellationToken = default)
    {
        if (batch.Count == 0)
        {
            return;
        }

        var sequences = new Sequence[batch.Count];
        for (var i = 0; i < sequences.Length; i++)
        {
            var input = batch[i];
            if (input.Tokens.Length < 1)
            {
                throw new ArgumentException($"sequence {i + 1} of {sequences.Length} has no tokens, expected at least one", nameof(batch));
            }

            if (input.Prepared is null != batch[0].Prepared is null || (input.Prepared is { } prepared && (prepared.Length != input.Tokens.Length || input.Cache.Length != 0)))
            {
                throw new ArgumentException($"sequence {i + 1} of {sequences.Length}: expected a whole sequence's own prepared tokens, or none in the whole batch", nameof(batch));
            }

            if (input.WantsHidden != batch[0].WantsHidden)
            {
                throw new ArgumentException($"sequence {i + 1} of {sequences.Length}: expected hidden rows or logits for the whole batch", nameof(batch));
            }

            sequences[i] = Admit(input.Tokens.Length, input.Cache, input.Rotary, input.FirstRow, input.Sink, input.Prepared, i == 0 ? default : sequences[i - 1]);
        }

        if (batch.DistinctBy(s => s.Cache).Count() != batch.Count)
        {
            throw new ArgumentException("two sequences share a cache, expected one for each", nameof(batch));
        }

        var numRows = checked(sequences[^1].Row + sequences[^1].NumRows);
        using var hidden = new HiddenRows(numRows, Shape.HiddenWidth);
        foreach (var (sequence, input) in sequences.Zip(batch))
        {
            var x = hidden.Pointer + ((long)sequence.Row * Shape.HiddenWidth);
            if (input.Prepared is { } prepared)
            {
                Buffer.MemoryCopy(prepared.HiddenTD.Pointer, x, long.MaxValue, prepared.HiddenTD.Length * sizeof(float));
            }
            else
            {
                Embed(input.Tokens.Span, x);
            }
        }

        Run(new ForwardPass(_spec, sequences, numRows, (nint)hidden.Pointer, cancellationToken) { WantsHidden = batch[0].WantsHidden });
    }

    /// <inheritdoc />
    public override PreparedTokens Prepare(ReadOnlySpan<int> tokens, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens.Length, 1);
        var prepared = new PreparedTokens(Shape, tokens.Length);
        try
        {
            Embed(tokens, prepared.HiddenTD.Pointer);
            var pass = new ForwardPass(_spec, [], tokens.Length, (nint)prepared.HiddenTD.Pointer, cancellationToken);
            var chunk = ChunkRows(tokens.Length);
            WorkerPool.For((tokens.Length + chunk - 1) / chunk, task =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                var row = task * chunk;
                var count = Math.Min(chunk, pass.NumRows - row);
                var block = _layers[0];
                block.ProjectQueries(pass, row, count, prepared.QueriesTHK.Pointer + ((long)row * block.Query.Width));
                block.ProjectKeysAndValues(pass, row, count, prepared.KeysTGK.Pointer + ((long)row * block.Key.Width), prepared.ValuesTGK.Pointer + ((long)row * block.Value.Width));
            });
            return prepared;
        }
        catch
        {
            prepared.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public override void TurnKeys(KeyValueCache cache, RotaryTable before, RotaryTable after)
    {
        if (cache.SinglePass || before.NumPairs != after.NumPairs || before.NumKeySets != after.NumKeySets || cache.Length > Math.Min(before.Length, after.Length))
        {
            throw new ArgumentException("expected a cache of every layer, and two tables of one plan that reach over all of its tokens", nameof(cache));
        }

        var layers = Enumerable.Range(0, _layers.Length).Where(i => _layers[i].Window == 0 || _local is null).ToArray();
        for (var set = 0; set < before.NumKeySets; set++)
        {
            var keySet = set;
            const int TokensOfTask = 256;
            WorkerPool.For((cache.Length + TokensOfTask - 1) / TokensOfTask, task =>
            {
                var first = task * TokensOfTask;
                HeadAttention.Turn(cache, layers, Shape, before, after, keySet, first, Math.Min(TokensOfTask, cache.Length - first));
            });
        }
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

    private static DecoderLayer LoadLayer(TensorLoader tensors, NetworkSpec spec, int index) => new()
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

    /// <summary>Rows of a task, at most 192: as many tasks for each thread, so that none is left over at the end; at least a block of queries. Results
    /// do not depend on it.</summary>
    internal static int ChunkRows(int numRows)
    {
        const int Multiple = 16;
        var threads = WorkerPool.NumThreads;
        var tasks = (numRows + (MatMul.RowBlock * threads) - 1) / (MatMul.RowBlock * threads) * threads;
        var rows = (numRows + tasks - 1) / tasks;
        return Math.Clamp((rows + Multiple - 1) / Multiple * Multiple, Attention.QueryBlock, MatMul.RowBlock);
    }

    /// <summary>Checks a sequence before anything is computed.</summary>
    private Sequence Admit(int numRows, KeyValueCache cache, RotaryTable rotary, int firstRow, LogitsSink sink, PreparedTokens? prepared, in Sequence before)
    {
        var start = cache.Length;
        ArgumentOutOfRangeException.ThrowIfLessThan(numRows, 1);
        if (start + (long)numRows > Math.Min(cache.Capacity, rotary.Length))
        {
            throw new ArgumentOutOfRangeException(
                nameof(cache), start + (long)numRows, $"{start} tokens in the cache and {numRows} more, expected at most its capacity of {cache.Capacity} and the {rotary.Length} positions of the angles");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow, numRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(2 * rotary.NumPairs, Shape.HeadWidth, nameof(rotary));
        if (rotary.NumKeySets > cache.NumKeySets)
        {
            throw new ArgumentException($"angles with {rotary.NumKeySets} sets of keys, expected at most the cache's {cache.NumKeySets}", nameof(cache));
        }

        if (cache.SinglePass && start != 0)
        {
            throw new InvalidOperationException("a single-pass cache takes one forward");
        }

        var logitsRow = before.Cache is null ? 0 : before.LogitsRow + before.NumLogits;
        return new Sequence(before.Row + before.NumRows, numRows, start, cache, rotary, _local?.Table(start + numRows), firstRow, logitsRow, sink, prepared);
    }

    private void Run(in ForwardPass pass)
    {
        var chunk = ChunkRows(pass.NumRows);
        var numChunks = (pass.NumRows + chunk - 1) / chunk;
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            WorkerPool.For(numChunks, new KeysLoop(this, pass, chunk, layer));

            // The last layer's rows matter only where logits are asked for.
            var needed = layer == _layers.Length - 1 ? numChunks - (pass.FirstLogits(0, pass.NumRows) / chunk) : numChunks;
            WorkerPool.For(needed, new LayerLoop(this, pass, chunk, numChunks, layer));
        }

        foreach (var sequence in pass.Sequences)
        {
            sequence.Cache.Length = sequence.Start + sequence.NumRows;
        }

        const int LogitsOfTask = 1 << 20;
        var last = pass.Sequences[^1];
        var rows = Math.Clamp(LogitsOfTask / Shape.VocabularySize / MicroKernel.Rows * MicroKernel.Rows, MicroKernel.Rows, MatMul.RowBlock);
        var numLogits = last.LogitsRow + last.NumLogits;
        WorkerPool.For((numLogits + rows - 1) / rows, new LogitsLoop(this, pass, rows, numLogits));
    }

    private void Embed(ReadOnlySpan<int> tokens, float* hiddenTD)
    {
        var d = Shape.HiddenWidth;
        for (var row = 0; row < tokens.Length; row++)
        {
            var x = new Span<float>(hiddenTD + ((long)row * d), d);
            _embedding.CopyRow(tokens[row], x);
            for (var i = 0; _spec.EmbeddingScale != 1 && i < d; i++)
            {
                x[i] *= _spec.EmbeddingScale;
            }
        }
    }

    private readonly struct KeysLoop(Decoder model, ForwardPass pass, int chunk, int layer) : ILoop
    {
        public void Run(int index)
        {
            pass.CancellationToken.ThrowIfCancellationRequested();
            var row = index * chunk;
            model._layers[layer].StoreKeysAndValues(pass, row, Math.Min(chunk, pass.NumRows - row), layer);
        }
    }

    private readonly struct LayerLoop(Decoder model, ForwardPass pass, int chunk, int numChunks, int layer) : ILoop
    {
        public void Run(int index)
        {
            // The last chunk sees the most keys: it goes first, so that no thread is left with it at the end.
            pass.CancellationToken.ThrowIfCancellationRequested();
            var row = (numChunks - 1 - index) * chunk;
            var end = Math.Min(row + chunk, pass.NumRows);
            var first = layer == model._layers.Length - 1 ? pass.FirstLogits(row, end - row) : row;
            if (first < end)
            {
                model._layers[layer].Forward(pass, first, end - first, layer);
            }
        }
    }

    /// <summary>Final norm and head over rows of logits, which are numbered through all sequences.</summary>
    private readonly struct LogitsLoop(Decoder model, ForwardPass pass, int rows, int numLogits) : ILoop
    {
        public void Run(int index)
        {
            pass.CancellationToken.ThrowIfCancellationRequested();
            var (d, vocabulary) = (model.Shape.HiddenWidth, model.Shape.VocabularySize);
            var first = index * rows;
            var count = Math.Min(rows, numLogits - first);
            var normalized = Scratch.Current.Get(Scratch.Slot.Normalized, (long)count * d);
            foreach (ref readonly var sequence in pass.Sequences.AsSpan())
            {
                if (Part(sequence, first, count, out var at, out var row, out var length))
                {
                    model._finalNorm.Forward(pass.Hidden(sequence.Row + row), length, normalized + ((long)at * d));
                }
            }

            var width = pass.WantsHidden ? d : vocabulary;
            var results = pass.WantsHidden ? normalized : Scratch.Current.Get(Scratch.Slot.Logits, (long)count * vocabulary);
            if (!pass.WantsHidden)
            {
                MatMul.ForwardParallel(normalized, count, d, model._head ?? model._embedding, results, vocabulary, accumulate: false);
            }

            foreach (ref readonly var sequence in pass.Sequences.AsSpan())
            {
                if (Part(sequence, first, count, out var at, out var row, out var length))
                {
                    for (var i = 0; i < length; i++)
                    {
                        sequence.Sink(row + i, new ReadOnlySpan<float>(results + ((long)(at + i) * width), width));
                    }
                }
            }
        }

        /// <summary>A sequence's part of the rows of logits [first, first + count): where it begins there and which of its rows it is.</summary>
        private static bool Part(in Sequence sequence, int first, int count, out int at, out int row, out int length)
        {
            var begin = Math.Max(first, sequence.LogitsRow);
            length = Math.Min(first + count, sequence.LogitsRow + sequence.NumLogits) - begin;
            at = begin - first;
            row = sequence.FirstLogits + begin - sequence.LogitsRow;
            return length > 0;
        }
    }
}
