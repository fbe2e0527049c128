using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>Rotation of the vectors of a tile: rows in, one number of each row after the other out, as attention reads keys (8 side by side) and queries (48).</summary>
public unsafe class RotateBenchmark : KernelBenchmark
{
    private const int HeadWidth = 64;
    private NativeBuffer<float>? _x;
    private NativeBuffer<float>? _angles;
    private NativeBuffer<float>? _y;

    /// <summary>Rows side by side.</summary>
    [Params(8, 48)]
    public int Rows { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes(3.0 * sizeof(float) * Rows * HeadWidth);

    /// <summary>Fills vectors and angles.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _x = Own(RandomNumbers.Buffer(Rows * HeadWidth, seed: 1));
        _angles = Own(RandomNumbers.Buffer(Rows * HeadWidth, seed: 2));
        _y = Own(new NativeBuffer<float>(Rows * HeadWidth));
    }

    /// <summary>The kernel.</summary>
    [Benchmark]
    public void Rotation()
    {
        for (var row = 0; row < Rows; row++)
        {
            var cos = _angles!.Pointer + (row * HeadWidth);
            Rotate.Forward(_x!.Pointer + (row * HeadWidth), HeadWidth, cos, cos + (HeadWidth / 2), HeadWidth / 2, 1f, _y!.Pointer + row, Rows);
        }
    }
}
