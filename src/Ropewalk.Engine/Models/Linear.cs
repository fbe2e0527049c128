using System.Numerics;
using Ropewalk.Engine.Kernels;
using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Models;

/// <summary>y = W x + b.</summary>
/// <param name="Weight">W[N, K].</param>
/// <param name="Bias">b[N], or null.</param>
internal sealed unsafe record Linear(PackedMatrix Weight, float[]? Bias) : IDisposable
{
    /// <summary>N.</summary>
    public int Width => Weight.Rows;

    /// <summary>Numbers held.</summary>
    public long NumParameters => ((long)Weight.Rows * Weight.Columns) + (Bias?.Length ?? 0);

    /// <summary>Multiplies rows that lie one after the other.</summary>
    /// <param name="x">[T, K].</param>
    /// <param name="numRows">T.</param>
    /// <param name="y">[T, N].</param>
    /// <param name="accumulate">Whether y is added to or overwritten.</param>
    public void Forward(float* x, int numRows, float* y, bool accumulate = false)
    {
        MatMul.ForwardParallel(x, numRows, Weight.Columns, Weight, y, Weight.Rows, accumulate);
        for (var row = 0; Bias is not null && row < numRows; row++)
        {
            var target = new Span<float>(y + ((long)row * Width), Width);
            var i = 0;
            for (; i <= Width - Vector<float>.Count; i += Vector<float>.Count)
            {
                (new Vector<float>(target[i..]) + new Vector<float>(Bias, i)).CopyTo(target[i..]);
            }

            for (; i < Width; i++)
            {
                target[i] += Bias[i];
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => Weight.Dispose();
}
