using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Keys and values of some heads, and one head's block of queries, as a layer of a model hands them to attention.</summary>
internal sealed unsafe class AttentionProblem : IDisposable
{
    private readonly int _numHeads;
    private readonly int _headWidth;
    private readonly int _numKeys;
    private readonly KeyValueCache _cache;
    private readonly NativeBuffer<float> _queries;
    private readonly NativeBuffer<float> _query;
    private readonly NativeBuffer<float> _output;
    private readonly Action<int> _attendBlock;
    private readonly Action<int> _attendOne;

    /// <summary>Fills keys, values and queries.</summary>
    /// <param name="numHeads">H, each with its own keys.</param>
    /// <param name="headWidth">K, a multiple of 8.</param>
    /// <param name="numKeys">S, a multiple of 8.</param>
    /// <param name="type">How keys and values are stored.</param>
    public AttentionProblem(int numHeads, int headWidth, int numKeys, GgmlType type = GgmlType.F32)
    {
        _numHeads = numHeads;
        _headWidth = headWidth;
        _numKeys = numKeys;
        _cache = new KeyValueCache(new ModelShape(1, numHeads * headWidth, numHeads, numHeads, headWidth, FeedForwardWidth: 1, VocabularySize: 1), numKeys, singlePass: true, type);
        _queries = RandomNumbers.Buffer((long)headWidth * Attention.QueryBlock, seed: 3);
        _query = RandomNumbers.Buffer(headWidth, seed: 4);
        _output = new NativeBuffer<float>((long)numHeads * headWidth * numKeys);
        Fill();
        _attendBlock = task => AttendBlock(task % _numHeads, NumBlocks - 1 - (task / _numHeads));
        _attendOne = AttendOne;
    }

    /// <summary>Floating-point operations of a score and of its part of the output, for a query and a key that it sees.</summary>
    public double FlopsOfCell => 4.0 * _headWidth;

    /// <summary>Bytes of keys and values.</summary>
    public double Bytes => 2.0 * _numHeads * _headWidth * _numKeys * _cache.Panels(0, 0, 0).Size;

    /// <summary>Floating-point operations of <see cref="LastQueries"/>.</summary>
    public double FlopsOfLastQueries(int count) => FlopsOfCell * count * (_numKeys - ((count - 1) / 2.0));

    /// <summary>Pairs of a query and a key that it sees in a causal window of every key: the triangle.</summary>
    public double VisibleCells => _numHeads * (_numKeys * (_numKeys + 1.0) / 2);

    /// <summary>Pairs that are computed there: whole tiles of queries and of keys.</summary>
    public double ComputedCells
    {
        get
        {
            var cells = 0.0;
            for (var block = 0; block < NumBlocks; block++)
            {
                var end = Math.Min((block + 1) * Attention.QueryBlock, _numKeys);
                cells += (double)MicroKernel.PanelWidth(end - (block * Attention.QueryBlock)) * ((end + 7) / 8 * 8);
            }

            return _numHeads * cells;
        }
    }

    private int NumBlocks => (_numKeys + Attention.QueryBlock - 1) / Attention.QueryBlock;

    /// <summary>A causal window: a query at every key, all heads, over all threads. The blocks that see most go first.</summary>
    public void Window() => WorkerPool.For(_numHeads * NumBlocks, _attendBlock);

    /// <summary>One query at the last key, all heads, over all threads.</summary>
    public void OneQuery() => WorkerPool.For(_numHeads, _attendOne);

    /// <summary>The last queries of one head, on the calling thread.</summary>
    public void LastQueries(int count)
    {
        for (var first = _numKeys - count; first < _numKeys; first += Attention.QueryBlock)
        {
            Attend(0, first, Math.Min(Attention.QueryBlock, _numKeys - first));
        }
    }

    /// <summary>One query of one head, on the calling thread.</summary>
    public void AttendOne(int head)
    {
        var scratch = Scratch.Current.Get(Scratch.Slot.Attention, Attention.OneQueryScratchLength(_headWidth));
        Attention.BeginOne(scratch, _headWidth);
        new ReadOnlySpan<float>(_query.Pointer, _headWidth).CopyTo(new Span<float>(scratch, _headWidth));
        Attention.AccumulateOne(scratch, 0, _numKeys, _cache.Panels(0, head, 0));
        Attention.EndOne(scratch, _headWidth, _headWidth, _output.Pointer + ((long)head * _headWidth));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _cache.Dispose();
        _queries.Dispose();
        _query.Dispose();
        _output.Dispose();
    }

    private void AttendBlock(int head, int block)
    {
        var first = block * Attention.QueryBlock;
        Attend(head, first, Math.Min(Attention.QueryBlock, _numKeys - first));
    }

    private void Attend(int head, int first, int count)
    {
        var stride = _numHeads * _headWidth;
        var length = _headWidth * MicroKernel.PanelWidth(count);
        var scratch = Scratch.Current.Get(Scratch.Slot.Attention, Attention.ScratchLength(_headWidth));
        var begin = stackalloc long[Attention.QueryBlock];
        var end = stackalloc long[Attention.QueryBlock];
        for (var query = 0; query < count; query++)
        {
            begin[query] = 0;
            end[query] = first + query + 1;
        }

        Attention.Begin(scratch, count, _headWidth);
        new ReadOnlySpan<float>(_queries.Pointer, length).CopyTo(new Span<float>(scratch, length));
        Attention.Accumulate(scratch, count, begin, end, _cache.Panels(0, head, 0));
        Attention.End(scratch, count, _headWidth, _headWidth, _output.Pointer + ((long)first * stride) + (head * _headWidth), stride);
    }

    private void Fill()
    {
        using var numbers = RandomNumbers.Buffer((long)_numKeys * _headWidth, seed: 1);
        for (var head = 0; head < _numHeads; head++)
        {
            var panels = _cache.Panels(0, head, 0);
            for (var key = 0; key < _numKeys; key++)
            {
                panels.SetKey(key, numbers.Span((long)key * _headWidth, _headWidth));
                panels.SetValue(key, numbers.Span((long)(_numKeys - 1 - key) * _headWidth, _headWidth));
            }
        }
    }
}
