namespace Ropewalk.Benchmarks;

/// <summary>A part of a forward pass.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Flops">Floating-point operations.</param>
/// <param name="Bytes">Bytes of weights, keys and values that must be read once.</param>
/// <param name="Run">Does it, or one of <paramref name="Times"/> equal shares of it.</param>
/// <param name="Times">How often the part does what <paramref name="Run"/> does.</param>
internal sealed record RooflinePart(string Name, double Flops, double Bytes, Action Run, int Times = 1)
{
    /// <summary>Seconds that no program can go below: of the arithmetic or of the memory, whichever is longer.</summary>
    public double Floor(double flopsOfSecond, double bytesOfSecond) => Math.Max(Flops / flopsOfSecond, Bytes / bytesOfSecond);
}
