using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks;

/// <summary>A matrix product with random numbers, to be timed.</summary>
internal sealed unsafe class Product : IDisposable
{
    private readonly NativeBuffer<float> _x;
    private readonly NativeBuffer<float> _y;
    private readonly PackedMatrix _w;
    private readonly int _rows;

    /// <summary>Fills X[M, K] and W[N, K].</summary>
    public Product(int m, int n, int k, GgmlType type)
    {
        _rows = m;
        _x = RandomNumbers.Buffer((long)m * k, seed: 1);
        _y = new NativeBuffer<float>((long)m * n);
        _w = RandomNumbers.Weight(type, n, k);
    }

    /// <summary>Floating-point operations.</summary>
    public double Flops => 2.0 * _rows * _w.Rows * _w.Columns;

    /// <summary>Bytes of the weight.</summary>
    public double Bytes => _w.SizeBytes;

    /// <summary>Multiplies, over all threads.</summary>
    public void Run() => MatMul.ForwardParallel(_x.Pointer, _rows, _w.Columns, _w, _y.Pointer, _w.Rows, accumulate: false);

    /// <inheritdoc />
    public void Dispose()
    {
        _x.Dispose();
        _y.Dispose();
        _w.Dispose();
    }
}
