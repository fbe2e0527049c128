using Ropewalk.Engine.Tensors;

namespace Ropewalk.Engine.Training;

/// <summary>Rows that an operation made, and the gradient of the loss in them once it is known.</summary>
/// <param name="numRows">T.</param>
/// <param name="width">Numbers of a row.</param>
/// <param name="values">The rows; null once they are given back.</param>
/// <param name="needsGradient">Whether anything that is trained lies behind it.</param>
internal sealed unsafe class Node(int numRows, int width, NativeBuffer<float> values, bool needsGradient)
{
    /// <summary>T.</summary>
    public int NumRows { get; } = numRows;

    /// <summary>Numbers of a row.</summary>
    public int Width { get; } = width;

    /// <summary>Numbers of all rows.</summary>
    public long Length => (long)NumRows * Width;

    /// <summary>Whether anything that is trained lies behind it.</summary>
    public bool NeedsGradient { get; } = needsGradient;

    /// <summary>The rows, contiguous.</summary>
    public float* Values => Buffer!.Pointer;

    /// <summary>What holds the rows; null once it is given back.</summary>
    public NativeBuffer<float>? Buffer { get; set; } = values;

    /// <summary>The gradient; null where none has come yet.</summary>
    public NativeBuffer<float>? Gradient { get; set; }
}
