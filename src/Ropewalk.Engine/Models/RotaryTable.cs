using Ropewalk.Engine.Tensors;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Models;

/// <summary>Cosines and sines of the positions 0 .. length-1 under one set of frequencies, multiplied by its attention factor.
/// Angles are computed and reduced in float64; only the table is float32.</summary>
public sealed unsafe class RotaryTable : IDisposable
{
    private const int RowsPerTask = 1024;
    private readonly NativeBuffer<float> _cos;
    private readonly NativeBuffer<float> _sin;

    /// <summary>Fills a table.</summary>
    /// <param name="frequencies">What is in force; one set for the whole sequence.</param>
    /// <param name="length">Positions.</param>
    public RotaryTable(RopeFrequencies frequencies, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        NumPairs = frequencies.InverseFrequencies.Length;
        _cos = new NativeBuffer<float>((long)length * NumPairs);
        _sin = new NativeBuffer<float>((long)length * NumPairs);
        WorkerPool.For((length + RowsPerTask - 1) / RowsPerTask, task =>
        {
            var first = task * RowsPerTask;
            var count = Math.Min(RowsPerTask, length - first);
            RotaryAngles.Fill(
                frequencies, first, count, _cos.Span((long)first * NumPairs, count * NumPairs), _sin.Span((long)first * NumPairs, count * NumPairs));
        });
    }

    /// <summary>Positions.</summary>
    public int Length { get; }

    /// <summary>Pairs P of a row.</summary>
    public int NumPairs { get; }

    /// <inheritdoc />
    public void Dispose()
    {
        _cos.Dispose();
        _sin.Dispose();
    }

    /// <summary>P cosines of a position.</summary>
    internal float* Cos(long position) => _cos.Pointer + (position * NumPairs);

    /// <summary>P sines of a position.</summary>
    internal float* Sin(long position) => _sin.Pointer + (position * NumPairs);
}
