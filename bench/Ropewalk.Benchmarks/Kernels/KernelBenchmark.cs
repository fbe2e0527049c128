using BenchmarkDotNet.Attributes;

namespace Ropewalk.Benchmarks.Kernels;

/// <summary>A kernel on the calling thread, at one shape a case.</summary>
public abstract class KernelBenchmark
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>What a call does, known from the parameters alone.</summary>
    public abstract Work Work { get; }

    /// <summary>Frees what a case used.</summary>
    [GlobalCleanup]
    public void Release()
    {
        _owned.ForEach(o => o.Dispose());
        _owned.Clear();
    }

    /// <summary>Keeps what is freed after the case.</summary>
    private protected T Own<T>(T value)
        where T : IDisposable
    {
        _owned.Add(value);
        return value;
    }
}
