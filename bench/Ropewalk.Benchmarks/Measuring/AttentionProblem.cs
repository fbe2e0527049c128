using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>Keys and values of some heads, and one head's block of queries, as a layer of a model hands them to attention.</summary>
internal sealed unsafe class AttentionProblem : IDisposable
{
    private readonly int _numHeads;
    private readonly int _headWidth;
    private readonly int _numKeys;
    private readonly NativeBuffer<float> _keys;
    private readonly NativeBuffer<float> _values;
    private readonly NativeBuffer<float> _queries;
    private readonly NativeBuffer<float> _query;
    private readonly NativeBuffer<float> _output;
    private readonly Action<int> _attendBlock;
    private readonly Action<int> _attendOne;

    /// <summary>Fills keys, values and queries.</summary>
    /// <param name="numHeads">H, each with its own keys.</param>
    /// <param name="headWidth">K, a multiple of 8.</param>
    /// <param name="numKeys">S, a multiple of 8.</param>
    public AttentionProblem(int numHeads, int headWidth, int numKeys)
    {
        _numHeads = numHeads;
        _headWidth = headWidth;
        _numKeys = numKeys;
        _keys = RandomNumbers.Buffer((long)numHeads * headWidth * numKeys, seed: 1);
        _values = RandomNumbers.Buffer((long)numHeads * headWidth * numKeys, seed: 2);
        _queries = RandomNumbers.Buffer((long)headWidth * Attention.QueryBlock, seed: 3);
        _query = RandomNumbers.Buffer(headWidth, seed: 4);
        _output = new NativeBuffer<float>((long)numHeads * headWidth * numKeys);
        _attendBlock = task => AttendBlock(task % _numHeads, NumBlocks - 1 - (task / _numHeads));
        _attendOne = AttendOne;
    }

    /// <summary>Floating-point operations of a score and of its part of the output, for a query and a key that it sees.</summary>
    public double FlopsOfCell => 4.0 * _headWidth;

    /// <summary>Bytes of keys and values.</summary>
    public double Bytes => (_keys.Length + _values.Length) * (double)sizeof(float);

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
        new ReadOnlySpan<float>(_query.Pointer, _headWidth).CopyTo(new Span<float>(scratch, _headWidth));
        Attention.ForwardOne(scratch, _numKeys - 1, Keys(head), Values(head), _numKeys, _headWidth, _headWidth, _output.Pointer + ((long)head * _headWidth), 0);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var buffer in (NativeBuffer<float>[])[_keys, _values, _queries, _query, _output])
        {
            buffer.Dispose();
        }
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
        new ReadOnlySpan<float>(_queries.Pointer, length).CopyTo(new Span<float>(scratch, length));
        Attention.Forward(
            scratch, count, first, Keys(head), Values(head), _numKeys, _headWidth, _headWidth, _output.Pointer + ((long)first * stride) + (head * _headWidth), stride, 0);
    }

    private float* Keys(int head) => _keys.Pointer + ((long)head * _headWidth * _numKeys);

    private float* Values(int head) => _values.Pointer + ((long)head * _headWidth * _numKeys);
}
