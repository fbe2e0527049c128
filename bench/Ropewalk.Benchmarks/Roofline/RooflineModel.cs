using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>The matrices of a llama, each layer with its own so that they come from memory as a model's do, and what runs them part by part.</summary>
internal sealed unsafe class RooflineModel : IDisposable
{
    private readonly int _width;
    private readonly int _numHeads;
    private readonly PackedMatrix[][] _attention;
    private readonly PackedMatrix[][] _feedForward;
    private readonly PackedMatrix _head;

    /// <summary>Fills the weights.</summary>
    /// <param name="sizes">Layers, width, heads, feed-forward width, vocabulary.</param>
    /// <param name="type">Their stored type.</param>
    public RooflineModel(int[] sizes, GgmlType type)
    {
        _width = sizes[1];
        _numHeads = sizes[2];
        var (d, f) = (sizes[1], sizes[3]);
        _attention = [.. Enumerable.Range(0, sizes[0]).Select(_ => Weights((d, d), (d, d), (d, d), (d, d)))];
        _feedForward = [.. Enumerable.Range(0, sizes[0]).Select(_ => Weights((f, d), (f, d), (d, f)))];
        _head = RandomNumbers.Weight(type, sizes[4], d);

        PackedMatrix[] Weights(params (int Rows, int Columns)[] shapes) => [.. shapes.Select(s => RandomNumbers.Weight(type, s.Rows, s.Columns))];
    }

    /// <summary>Layers.</summary>
    public int NumLayers => _attention.Length;

    private int HeadWidth => _width / _numHeads;

    /// <summary>A prompt whose last token's logits are asked for: of the last layer the keys and values of every row are computed, and the rest of one row
    /// alone, which is left out here.</summary>
    /// <param name="numRows">Tokens.</param>
    /// <param name="memory">Owns what the parts use.</param>
    public RooflinePart[] Prompt(int numRows, List<IDisposable> memory)
    {
        // Query and output weights are the first and the last of a layer's.
        var attention = _attention.SelectMany((w, layer) => layer < NumLayers - 1 ? w : w[1..^1]).ToArray();
        var keys = Own(memory, new AttentionProblem(_numHeads, HeadWidth, numRows));
        var numFull = NumLayers - 1;
        return
        [
            Products("projections", attention, numRows, memory),
            Products("feed-forward", [.. _feedForward[..^1].SelectMany(w => w)], numRows, memory),
            new("attention", numFull * keys.FlopsOfCell * keys.VisibleCells, numFull * keys.Bytes, keys.Window, numFull),
            Products("head", [_head], 1, memory),
        ];
    }

    /// <summary>One token after others.</summary>
    /// <param name="depth">How many others.</param>
    /// <param name="cacheType">How keys and values are stored.</param>
    /// <param name="memory">Owns what the parts use.</param>
    public RooflinePart[] Token(int depth, GgmlType cacheType, List<IDisposable> memory)
    {
        var length = (depth + 8) / 8 * 8;
        var layers = Enumerable.Range(0, NumLayers).Select(_ => Own(memory, new AttentionProblem(_numHeads, HeadWidth, length, cacheType))).ToArray();
        return
        [
            Products("projections", [.. _attention.SelectMany(w => w)], 1, memory),
            Products("feed-forward", [.. _feedForward.SelectMany(w => w)], 1, memory),
            new("attention", NumLayers * layers[0].FlopsOfCell * _numHeads * length, NumLayers * layers[0].Bytes, () => Array.ForEach(layers, l => l.OneQuery())),
            Products("head", [_head], 1, memory),
        ];
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var weight in _attention.Concat(_feedForward).SelectMany(w => w).Append(_head))
        {
            weight.Dispose();
        }
    }

    private static T Own<T>(List<IDisposable> memory, T value)
        where T : IDisposable
    {
        memory.Add(value);
        return value;
    }

    /// <summary>Products of as many rows with each weight in turn.</summary>
    private static RooflinePart Products(string name, PackedMatrix[] weights, int numRows, List<IDisposable> memory)
    {
        var x = Own(memory, RandomNumbers.Buffer((long)numRows * weights.Max(w => w.Columns), seed: 1));
        var y = Own(memory, new NativeBuffer<float>((long)numRows * weights.Max(w => w.Rows)));
        return new(name, weights.Sum(w => 2.0 * numRows * w.Rows * w.Columns), weights.Sum(w => (double)w.SizeBytes), () =>
        {
            foreach (var weight in weights)
            {
                MatMul.ForwardParallel(x.Pointer, numRows, weight.Columns, weight, y.Pointer, weight.Rows, accumulate: false);
            }
        });
    }
}
