using BenchmarkDotNet.Attributes;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>The middle of a feed-forward network for 16 rows of 2048: SwiGLU, and both forms of GELU, gated or not. The result takes the input's
/// place and would shrink to subnormal numbers call by call, so the input is copied anew inside the clock.</summary>
public unsafe class ActivateBenchmark : KernelBenchmark
{
    private const int Count = 16 * 2048;
    private NativeBuffer<float>? _x;
    private NativeBuffer<float>? _y;
    private NativeBuffer<float>? _up;

    /// <summary>Whether there is a second input.</summary>
    [Params(true, false)]
    public bool Gated { get; set; }

    /// <inheritdoc />
    public override Work Work => Work.Bytes((Gated ? 3.0 : 2.0) * sizeof(float) * Count);

    /// <summary>Fills both inputs.</summary>
    [GlobalSetup]
    public void Fill()
    {
        _x = Own(RandomNumbers.Buffer(Count, seed: 1, scale: 8));
        _up = Own(RandomNumbers.Buffer(Count, seed: 2));
        _y = Own(new NativeBuffer<float>(Count));
    }

    /// <summary>x sigmoid(x).</summary>
    [Benchmark]
    public void Silu() => Run(Activation.Silu);

    /// <summary>With the error function.</summary>
    [Benchmark]
    public void Gelu() => Run(Activation.Gelu);

    /// <summary>With the hyperbolic tangent.</summary>
    [Benchmark]
    public void GeluTanh() => Run(Activation.GeluTanh);

    private void Run(Activation activation)
    {
        _x!.Span(0, Count).CopyTo(_y!.Span(0, Count));
        Activate.Forward(activation, _y.Pointer, Gated ? _up!.Pointer : null, Count);
    }
}
