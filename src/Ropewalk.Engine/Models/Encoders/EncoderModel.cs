using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Architectures;
using Ropewalk.Engine.Tensors;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Engine.Models.Encoders;

/// <summary>An encoder as its architecture describes it: embedded tokens, positions and types, normed; layers; a last norm where there is one.
/// Memory is linear in the tokens of a pass.</summary>
internal sealed unsafe class EncoderModel : TextEncoder
{
    private readonly NetworkSpec _spec;
    private readonly PackedMatrix _embedding;
    private readonly PackedMatrix? _positions;
    private readonly PackedMatrix? _types;
    private readonly Norm _embeddingNorm;
    private readonly Norm? _finalNorm;
    private readonly EncoderLayer[] _layers;

    private EncoderModel(string name, string architecture, NetworkSpec spec, TensorLoader tensors)
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

            var pass = new EncoderPass(_spec, parts, row, (nint)hidden.Pointer, cancellationToken);
            if (rows == RowChoice.All)
            {
                Run(pass, _layers.Length);
                Hand(pass, sink);
            }
            else
            {
                RunForOneRow(pass, rows == RowChoice.Last, sink);
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

    /// <summary>The first layers, as many as are asked for.</summary>
    private void Run(EncoderPass pass, int numLayers)
    {
        var chunk = Decoder.ChunkRows(pass.NumRows);
        var numChunks = (pass.NumRows + chunk - 1) / chunk;
        foreach (var layer in _layers.AsSpan(0, numLayers))
        {
            WorkerPool.For(numChunks, new KeysLoop(layer, pass, chunk));
            WorkerPool.For(numChunks, new LayerLoop(layer, pass, chunk));
        }
    }

    /// <summary>All layers, the last one for a single row of each text alone: the others' rows count there only as keys and values.</summary>
    private void RunForOneRow(EncoderPass pass, bool isLast, HiddenSink sink)
    {
        Run(pass, _layers.Length - 1);
        var chunk = Decoder.ChunkRows(pass.NumRows);
        WorkerPool.For((pass.NumRows + chunk - 1) / chunk, new KeysLoop(_layers[^1], pass, chunk));

        var d = Shape.HiddenWidth;
        using var chosen = new NativeBuffer<float>((long)pass.Texts.Length * d);
        var texts = new EncodedText[pass.Texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            var text = pass.Texts[i];
            var index = isLast ? text.NumRows - 1 : 0;
            texts[i] = text with { Row = i, NumRows = 1, FirstIndex = index };
            new ReadOnlySpan<float>(pass.Hidden(text.Row + index), d).CopyTo(new Span<float>(chosen.Pointer + ((long)i * d), d));
        }

        var last = pass with { Texts = texts, NumRows = texts.Length, HiddenTD = (nint)chosen.Pointer };
        chunk = Decoder.ChunkRows(last.NumRows);
        WorkerPool.For((last.NumRows + chunk - 1) / chunk, new LayerLoop(_layers[^1], last, chunk));
        Hand(last, sink);
    }

    private void Hand(in EncoderPass pass, HiddenSink sink)
    {
        for (var i = 0; i < pass.Texts.Length; i++)
        {
            ref readonly var text = ref pass.Texts[i];
            var x = pass.Hidden(text.Row);
            _finalNorm?.Forward(x, text.NumRows, x);
            sink(i, new ReadOnlySpan<float>(x, checked(text.NumRows * Shape.HiddenWidth)));
        }
    }

    /// <summary>Token, type and position added up, then normed.</summary>
    private void Embed(ReadOnlySpan<int> tokens, EncoderPositions positions, float* hiddenTD)
    {
        var d = Shape.HiddenWidth;
        var added = new float[d];
        var following = new float[d];
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
            Add(x, type);
            if (_positions is null)
            {
                continue;
            }

            // The row is made whole before it is added, so that a table written with it gives the same bits.
            var (place, next) = rows[row];
            _positions.CopyRow(place, added);
            if (next > 0)
            {
                _positions.CopyRow(place + 1, following);
                InterpolatedTable.Mix(added, following, next);
            }

            Add(x, added);
        }

        _embeddingNorm.Forward(hiddenTD, tokens.Length, hiddenTD);
    }

    private static void Add(Span<float> x, float[] y)
    {
        for (var i = 0; i < y.Length; i++)
        {
            x[i] += y[i];
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
}
