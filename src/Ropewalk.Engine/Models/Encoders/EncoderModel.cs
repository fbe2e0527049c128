using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>An encoder as its architecture describes it: embedded tokens, positions and types, normed; layers; a last norm where there is one.
/// Memory is linear in the tokens of a pass.</summary>
internal sealed unsafe class EncoderModel : TextEncoder
{
    private readonly DecoderSpec _spec;
    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix? _positions;
    private readonly PackedMatrix? _types;
    private readonly Norm _embeddingNorm;
    private readonly Norm? _finalNorm;
    private readonly EncoderLayer[] _layers;

    private EncoderModel(string name, string architecture, DecoderSpec spec, TensorLoader tensors)
        : base(name, architecture, spec.Shape, spec.Encoder!.HasTable ? null : spec.Rope, spec.Encoder.Window)
    {
        _spec = spec;
        _embedding = tensors.Matrix(TensorRole.Embedding);
        _positions = tensors.OptionalMatrix(TensorRole.PositionEmbedding);
        _types = tensors.OptionalMatrix(TensorRole.TokenTypeEmbedding);
        _embeddingNorm = tensors.Norm(TensorRole.EmbeddingNorm, 0);
        _finalNorm = tensors.OptionalNorm(TensorRole.FinalNorm, 0);
        _layers = [.. Enumerable.Range(0, spec.Shape.NumLayers).Select(i => EncoderLayer.Load(tensors, spec, i))];
    }

    /// <inheritdoc />
    public override bool IsCausal => false;

    /// <inheritdoc />
    public override long NumParameters =>
        Size(_embedding) + Size(_positions) + Size(_types) + _embeddingNorm.NumParameters + (_finalNorm?.NumParameters ?? 0) + _layers.Sum(l => l.NumParameters);

    /// <summary>Loads the weights of an opened checkpoint.</summary>
    /// <exception cref="CheckpointFormatException">A tensor is missing, has another shape than the config says, or holds a number that is not finite.</exception>
    public static EncoderModel Load(Checkpoint checkpoint, Architecture architecture)
    {
        var spec = architecture.Read(checkpoint.Config, checkpoint.ConfigPath);
        var tensors = new TensorLoader(checkpoint, architecture, spec);
        try
        {
            return new EncoderModel(checkpoint.Name, architecture.ModelType, spec, tensors);
        }
        catch
        {
            tensors.Release();
            throw;
        }
    }

    /// <inheritdoc />
    public override long LongestText(EncoderMethod method) => new EncoderPositions(_spec, method).Longest;

    /// <inheritdoc />
    public override void Forward(IReadOnlyList<ReadOnlyMemory<int>> texts, EncoderMethod method, RowChoice rows, HiddenSink sink, CancellationToken cancellationToken = default)
    {
        RequireTexts(texts, method);
        if (texts.Count == 0)
        {
            return;
        }

        var positions = new EncoderPositions(_spec, method);
        var tables = new Dictionary<int, (RotaryTable Full, RotaryTable? Local)>();
        var parts = new EncodedText[texts.Count];
        using var hidden = new HiddenRows(texts.Aggregate(0, (sum, t) => checked(sum + t.Length)), Shape.HiddenWidth);
        try
        {
            var row = 0;
            for (var i = 0; i < parts.Length; i++)
            {
                var length = texts[i].Length;
                if (!tables.TryGetValue(length, out var table))
                {
                    table = tables[length] = (positions.Full(length), positions.Local(length));
                }

                var keySets = Math.Max(table.Full.NumKeySets, table.Local?.NumKeySets ?? 1);
                parts[i] = new EncodedText(row, length, new KeyValueCache(Shape, length, singlePass: true, numKeySets: keySets), table.Full, table.Local);
                Embed(texts[i].Span, positions, hidden.Pointer + ((long)row * Shape.HiddenWidth));
                row += length;
            }

            Run(new EncoderPass(_spec, parts, row, (nint)hidden.Pointer, cancellationToken), rows);
            for (var i = 0; i < parts.Length; i++)
            {
                Hand(parts[i], hidden.Pointer, i, rows, sink);
            }
        }
        finally
        {
            foreach (var part in parts)
            {
                part.Cache?.Dispose();
            }

            foreach (var (full, local) in tables.Values)
            {
                full.Dispose();
                local?.Dispose();
            }
        }
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _embedding.Dispose();
        _positions?.Dispose();
        _types?.Dispose();
        foreach (var layer in _layers)
        {
            layer.Dispose();
        }
    }

    private static long Size(PackedMatrix? w) => w is null ? 0 : (long)w.Rows * w.Columns;

    private void Run(EncoderPass pass, RowChoice rows)
    {
        var chunk = Decoder.ChunkRows(pass.NumRows);
        var numChunks = (pass.NumRows + chunk - 1) / chunk;
        foreach (var layer in _layers)
        {
            WorkerPool.For(numChunks, new KeysLoop(layer, pass, chunk));
            if (rows == RowChoice.All || layer != _layers[^1])
            {
                WorkerPool.For(numChunks, new LayerLoop(layer, pass, chunk));
                continue;
            }

            // The last layer's other rows are read by nobody.
            int[] blocks = [.. pass.Texts.Select(t => RowOf(t, rows) / Attention.QueryBlock).Distinct()];
            WorkerPool.For(blocks.Length, new BlocksLoop(layer, pass, blocks));
        }
    }

    private static int RowOf(in EncodedText text, RowChoice rows) => rows == RowChoice.Last ? text.Row + text.NumRows - 1 : text.Row;

    private void Hand(in EncodedText text, float* hidden, int index, RowChoice rows, HiddenSink sink)
    {
        var d = Shape.HiddenWidth;
        var first = RowOf(text, rows);
        var count = rows == RowChoice.All ? text.NumRows : 1;
        var x = hidden + ((long)first * d);
        _finalNorm?.Forward(x, count, x);
        sink(index, new ReadOnlySpan<float>(x, checked(count * d)));
    }

    /// <summary>Token, type and position added up, then normed.</summary>
    private void Embed(ReadOnlySpan<int> tokens, EncoderPositions positions, float* hiddenTD)
    {
        var d = Shape.HiddenWidth;
        var added = new float[d];
        var type = new float[d];
        _types?.CopyRow(0, type);
        var rows = _positions is null ? [] : new (int Row, float NextShare)[tokens.Length];
        if (_positions is not null)
        {
            positions.Rows(tokens.Length, rows);
        }

        for (var row = 0; row < tokens.Length; row++)
        {
            var x = new Span<float>(hiddenTD + ((long)row * d), d);
            _embedding.CopyRow(tokens[row], x);
            Add(x, type, 1);
            if (_positions is null)
            {
                continue;
            }

            var (place, next) = rows[row];
            _positions.CopyRow(place, added);
            Add(x, added, 1 - next);
            if (next > 0)
            {
                _positions.CopyRow(place + 1, added);
                Add(x, added, next);
            }
        }

        _embeddingNorm.Forward(hiddenTD, tokens.Length, hiddenTD);
    }

    private static void Add(Span<float> x, float[] y, float share)
    {
        for (var i = 0; i < y.Length; i++)
        {
            x[i] += share * y[i];
        }
    }

    private readonly struct KeysLoop(EncoderLayer layer, EncoderPass pass, int chunk) : ILoop
    {
        public void Run(int index)
        {
            pass.CancellationToken.ThrowIfCancellationRequested();
            layer.StoreKeysAndValues(pass, index * chunk, Math.Min(chunk, pass.NumRows - (index * chunk)));
        }
    }

    private readonly struct LayerLoop(EncoderLayer layer, EncoderPass pass, int chunk) : ILoop
    {
        public void Run(int index)
        {
            pass.CancellationToken.ThrowIfCancellationRequested();
            layer.Forward(pass, index * chunk, Math.Min(chunk, pass.NumRows - (index * chunk)));
        }
    }
    private readonly struct BlocksLoop(EncoderLayer layer, EncoderPass pass, int[] blocks) : ILoop
    {
        public void Run(int index)
        {
            pass.CancellationToken.ThrowIfCancellationRequested();
            var row = blocks[index] * Attention.QueryBlock;
            layer.Forward(pass, row, Math.Min(Attention.QueryBlock, pass.NumRows - row));
        }
    }
}
