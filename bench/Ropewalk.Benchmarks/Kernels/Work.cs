namespace Ropewalk.Benchmarks.Kernels;

/// <summary>What one call of a kernel does.</summary>
/// <param name="Amount">Floating-point operations, or bytes read and written.</param>
/// <param name="Unit">GFLOP/s or GB/s.</param>
public sealed record Work(double Amount, string Unit)
{
    /// <summary>Operations of arithmetic; a multiplication and its addition are two.</summary>
    public static Work Flops(double amount) => new(amount, "GFLOP/s");

    /// <summary>Bytes, for kernels whose limit is the memory or the caches.</summary>
    public static Work Bytes(double amount) => new(amount, "GB/s");
}
